// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A process of ours, to which everything may be done that can be done to one. Thread-safe. */
final class Child {
  private static final Duration KILL_MAX = Duration.ofSeconds(10);
  private static final Duration SIGNAL_MAX = Duration.ofSeconds(10);

  private final String name;
  private final Process process;

  Child(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Its exit code, once it has ended. */
  OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** {@code kill -9}, and waits until it is gone; also ends one that is stopped. */
  void kill() {
    process.destroyForcibly();
    // Not to be interrupted: whoever kills goes on as if it were dead.
    var unused = process.onExit().orTimeout(KILL_MAX.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /** SIGSTOP: it does nothing any more, and does not know. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT: it goes on where it was. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      return;
    }
    var shell =
        new ProcessBuilder(
                "sh", "-c", "kill -\"$1\" \"$2\"", "signal", signal, Long.toString(pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!shell.waitFor(SIGNAL_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
      shell.destroyForcibly();
      throw new IOException("kill -" + signal + " " + pid() + ": did not end");
    }
  }

  @Override
  public String toString() {
    return name + " (pid " + pid() + ")";
  }
}
