// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The processes that were started here, none of which outlives this one.
 *
 * <p>A shell is told their numbers through a pipe. When the pipe closes, because this process has
 * ended in whatever way, the shell kills what still runs. Thread-safe.
 */
final class Children implements AutoCloseable {
  private static final String WATCH =
      """
      trap '' INT TERM HUP
      pids=
      while read -r sign pid; do
        case $sign in
          +) pids="$pids $pid" ;;
          -) kept=
             for each in $pids; do [ "$each" = "$pid" ] || kept="$kept $each"; done
             pids=$kept ;;
        esac
      done
      [ -z "$pids" ] || kill -9 $pids 2>/dev/null
      """;

  private final Process watcher;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Writer toWatcher;

  @GuardedBy("lock")
  private final Set<Child> running = new LinkedHashSet<>();

  private Children(Process watcher) {
    this.watcher = watcher;
    this.toWatcher = watcher.outputWriter(StandardCharsets.US_ASCII);
  }

  /** No child yet, but somebody who looks after them. */
  static Children guarded() throws IOException {
    return new Children(
        new ProcessBuilder("sh", "-c", WATCH)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Starts a command; both its outputs are appended to {@code log}. */
  Child start(String name, List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    var builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    synchronized (lock) {
      var process = builder.start();
      var child = new Child(name, process);
      tell('+', process.pid());
      running.add(child);
      var unused = process.onExit().thenRun(() -> forget(child));
      return child;
    }
  }

  private void forget(Child child) {
    synchronized (lock) {
      running.remove(child);
      try {
        tell('-', child.pid());
      } catch (IOException e) {
        // The watcher is gone: nobody is left whom it could harm.
      }
    }
  }

  @GuardedBy("lock")
  private void tell(char sign, long pid) throws IOException {
    toWatcher.write(sign + " " + pid + "\n");
    toWatcher.flush();
  }

  /** Closes the pipe to the watcher, as the end of this process would. */
  void abandon() throws IOException {
    synchronized (lock) {
      toWatcher.close();
    }
  }

  /** Kills all that still run. */
  @Override
  public void close() {
    List<Child> left;
    synchronized (lock) {
      left = List.copyOf(running);
    }
    for (Child child : left) {
      child.kill();
    }
    watcher.destroyForcibly();
  }
}
