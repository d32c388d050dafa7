// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code redis-server} as our child, and a shell that watches over it.
 *
 * <p>Both run in sessions of their own (where there is {@code setsid}), so that Ctrl-C and whatever
 * else ends our process group reaches us alone: we still need the child to finish. The watcher
 * holds the end of a pipe from us; when we die, however suddenly, the pipe closes and the watcher
 * ends the child. Where there is no shell, a shutdown hook does so, and only {@code kill -9} leaves
 * an orphan.
 */
final class RedisProcess {
  private static final String WATCH =
      "trap '' INT TERM HUP QUIT; read -r line; kill \"$1\" 2>/dev/null";
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Logger logger = LoggerFactory.getLogger(RedisProcess.class);

  private final Process process;
  private final @Nullable Process watcher;

  private RedisProcess(Process process, @Nullable Process watcher) {
    this.process = process;
    this.watcher = watcher;
  }

  static RedisProcess start(List<String> command, Path log) {
    try {
      var nothing = ProcessBuilder.Redirect.from(new File(isWindows() ? "NUL" : "/dev/null"));
      var process =
          new ProcessBuilder(inOwnSession(command))
              .redirectInput(nothing)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
              .start();
      return new RedisProcess(process, watch(process));
    } catch (IOException e) {
      throw new EventLogException("redis-server: cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * The command that runs {@code command} in a session of its own, where there is {@code setsid}.
   */
  static List<String> inOwnSession(List<String> command) {
    var whole = new ArrayList<String>();
    setsid().ifPresent(program -> whole.add(program.toString()));
    whole.addAll(command);
    return whole;
  }

  static Optional<Path> setsid() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(path)
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "setsid"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean isWindows() {
    return File.separatorChar == '\\';
  }

  private static @Nullable Process watch(Process process) {
    if (!Files.isExecutable(SHELL)) {
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "redis-end"));
      return null;
    }
    try {
      var watcher =
          new ProcessBuilder(
                  inOwnSession(
                      List.of(
                          SHELL.toString(),
                          "-c",
                          WATCH,
                          "redis-watcher",
                          Long.toString(process.pid()))))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      // A watcher must not outlive its charge: the number may be given to another process.
      var unused = process.onExit().thenRun(watcher::destroyForcibly);
      return watcher;
    } catch (IOException e) {
      logger.warn(
          "no watcher over redis-server {}; kill -9 would leave it alone", process.pid(), e);
      return null;
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end, which makes it write all it has; kills it if it does not within the time. */
  void stop(Duration timeout) {
    process.destroy();
    if (!hasEnded(timeout)) {
      logger.warn("redis-server {}: did not end within {}; killing it", process.pid(), timeout);
    }
    kill();
  }

  void kill() {
    process.destroyForcibly();
    hasEnded(Duration.ofSeconds(10));
    if (watcher != null) {
      watcher.destroyForcibly();
    }
  }

  /** An interrupt does not shorten the wait: it would kill a Redis that is about to end well. */
  private boolean hasEnded(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
