// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the main thread, and holds the JVM until the
 * command has closed what it opened.
 */
final class Interruption {
  /** How long a command may take to close; longer than any drain it does. */
  static final Duration CLOSE_MAX = Duration.ofSeconds(30);

  private final CountDownLatch ended = new CountDownLatch(1);

  private Interruption() {}

  /** Interrupts {@code main} when the JVM is told to stop. */
  static Interruption install(Thread main) {
    Interruption interruption = new Interruption();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> interruption.stop(main), "icecube-shutdown"));
    return interruption;
  }

  /** The command has closed everything. */
  void mainEnded() {
    ended.countDown();
  }

  private void stop(Thread main) {
    if (ended.getCount() == 0) {
      return;
    }
    main.interrupt();
    try {
      if (!ended.await(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("icecube: not closed after " + CLOSE_MAX.toSeconds() + " s, leaving");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
