// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The live threads of the JVM, for tests that nothing is left behind. */
final class Threads {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private Threads() {}

  static List<String> named(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .sorted()
        .toList();
  }

  static void awaitNone(String prefix) {
    await(() -> named(prefix).isEmpty(), "threads " + prefix + " end");
  }

  /** Waits for a condition, at most 20 s. */
  static void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline)
          .as("waited %s until %s", DEADLINE, what)
          .isNegative();
      LockSupport.parkNanos(2_000_000);
    }
  }
}
