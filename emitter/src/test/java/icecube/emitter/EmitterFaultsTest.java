// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Telemetry;
import icecube.stream.InMemoryEventLog;
import icecube.stream.PayloadEncoding;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The emitter before a log that drops, repeats, delays and forgets. A failing seed is repeated with
 * {@code -Dicecube.seed=N -Dtest=EmitterFaultsTest}.
 */
class EmitterFaultsTest {
  private static final int SEEDS = 600;

  /** After so many pauses the faults end; an emitter that is stuck by then stays stuck. */
  private static final int FAULTY_PAUSES = 150;

  @Test
  void everyEventIsPublishedOnceWhateverTheLogDoes() throws Exception {
    String only = System.getProperty("icecube.seed");
    if (only != null) {
      int unused = emitUnder(Long.decode(only));
      return;
    }
    int openedLate = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      openedLate += emitUnder(seed);
    }
    assertThat(openedLate).as("readings from a checkpoint").isGreaterThan(SEEDS / 10);
  }

  /** Returns how often the source was read on from a checkpoint. */
  private static int emitUnder(long seed) throws InterruptedException {
    try {
      var random = new Random(seed);
      var source = ListSource.mixed(random.nextInt(400), random);
      var log = new InMemoryEventLog(1 + random.nextInt(3));
      var faulty = new FaultyEventLog(log, seed, 0.05 + random.nextDouble() * 0.3);
      var consumer = new DrainingConsumer(log);
      var pauses = new AtomicInteger();
      Runnable meanwhile =
          () -> {
            if (pauses.incrementAndGet() > FAULTY_PAUSES) {
              faulty.calmDown();
            }
            consumer.drain(1 + random.nextInt(3));
          };
      var settings =
          EmitterSettings.DEFAULT
              .withEntries(1 + random.nextInt(6), 1_000)
              .withBacklog(3 + random.nextInt(5), 1 + random.nextInt(3))
              .withOutboxBytesMax(1 + random.nextInt(3_000))
              .withEncoding(random.nextBoolean() ? PayloadEncoding.ZSTD : PayloadEncoding.PLAIN);
      var meters = new SimpleMeterRegistry();
      var summary =
          new Emitter(source, faulty, settings, Telemetry.of(meters), new FakeTime(seed, meanwhile))
              .run();
      assertThat(summary.isComplete()).isTrue();
      EmitterTest.assertPublishedOnce(source, consumer);
      assertThat(consumer.letters()).hasSize((int) summary.rejected());
      for (int partition = 0; partition < log.partitionCount(); partition++) {
        assertThat(log.account(partition).isComplete()).isTrue();
      }
      return source.openedLate();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "repeat with -Dicecube.seed=" + seed + " -Dtest=EmitterFaultsTest", e);
    }
  }
}
