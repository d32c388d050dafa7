// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.GrpcChannels;
import icecube.chassis.TimeAndChance;
import icecube.otel.Telemetry;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLog.EntryReader;
import icecube.stream.EventLogException;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A reader whose steps the test takes; its entries wait, for nobody works on them. */
class PartitionReaderTest {
  private static final Duration READ_WAIT = Duration.ofMillis(50);

  private final InMemoryEventLog log = new InMemoryEventLog(1);
  private final TestStream stream = new TestStream(log);
  private final List<Consumption> open = new ArrayList<>();
  private boolean isAway;

  @AfterEach
  void stopAll() {
    open.forEach(Consumption::stop);
  }

  @Test
  void aStepReadsAtMostOnceAndSaysWhenToReadAgain() throws Exception {
    var consumption = consumption(2);
    var reader = consumption.readers().get(0);
    assertThat(reader.step(Duration.ZERO)).as("what it holds: nothing").contains(Duration.ZERO);
    assertThat(reader.step(Duration.ZERO)).contains(READ_WAIT);
    assertThat(reader.step(READ_WAIT)).as("it has waited in the log").contains(Duration.ZERO);
    stream.append(1);
    assertThat(reader.step(Duration.ZERO)).contains(Duration.ZERO);
    assertThat(consumption.eventsInFlight()).isEqualTo(1);
  }

  @Test
  void aFullWindowIsLookedAtAgainSoon() throws Exception {
    var consumption = consumption(2);
    stream.appendAll(3, 1);
    var reader = consumption.readers().get(0);
    takeSteps(reader, 2);
    assertThat(reader.step(Duration.ZERO).orElseThrow()).isPositive();
    assertThat(consumption.eventsInFlight()).isEqualTo(2);
  }

  @Test
  void afterAFailureItReadsWhatItHoldsFirst() throws Exception {
    var consumption = consumption(8);
    var reader = consumption.readers().get(0);
    takeSteps(reader, 2);
    assertThat(reader.isReading()).isTrue();
    stream.append(1);
    isAway = true;
    assertThat(reader.step(Duration.ZERO).orElseThrow()).isPositive();
    assertThat(reader.isReading()).isFalse();
    isAway = false;
    // As if the answer to a read had been lost.
    log.openReader(0, consumption.name()).readNew(1, Duration.ZERO);
    reader.step(Duration.ZERO);
    assertThat(consumption.eventsInFlight()).isEqualTo(1);
  }

  @Test
  void aClosedWindowEndsIt() throws Exception {
    var consumption = consumption(8);
    var reader = consumption.readers().get(0);
    takeSteps(reader, 1);
    consumption.drain();
    assertThat(reader.step(Duration.ZERO)).isEmpty();
    assertThat(reader.isReading()).isFalse();
    assertThat(consumption.isIdle()).isTrue();
  }

  private static void takeSteps(PartitionReader reader, int count) throws InterruptedException {
    for (int step = 0; step < count; step++) {
      reader.step(Duration.ZERO);
    }
  }

  private Consumption consumption(int windowEntries) {
    var failing =
        new ForwardingEventLog(log) {
          @Override
          public EntryReader openReader(int partition, String consumer) {
            if (isAway) {
              throw new EventLogException("test: away");
            }
            return new FailingReader(super.openReader(partition, consumer));
          }
        };
    var settings =
        ConsumerSettings.of(List.of("127.0.0.1:1"), "")
            .withWindow(windowEntries)
            .withWaits(Duration.ofSeconds(1), READ_WAIT, Duration.ofSeconds(1));
    var made =
        new Consumption(
            failing,
            settings,
            Telemetry.off(),
            GrpcChannels::open,
            TimeAndChance.SYSTEM,
            new NoWorkers());
    open.add(made);
    made.window().serve(true);
    made.share().step();
    return made;
  }

  private static final class NoWorkers implements Workers {
    @Override
    public void execute(Runnable step, Duration wait) {}

    @Override
    public void close() {}
  }

  private final class FailingReader implements EntryReader {
    private final EntryReader reader;

    FailingReader(EntryReader reader) {
      this.reader = reader;
    }

    @Override
    public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
      return reader.readHeld(after, countMax);
    }

    @Override
    public List<DeliveredEntry> readNew(int countMax, Duration wait) {
      if (isAway) {
        throw new EventLogException("test: away");
      }
      return reader.readNew(countMax, wait);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
