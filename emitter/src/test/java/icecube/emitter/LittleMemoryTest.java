// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Telemetry;
import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import icecube.stream.AppendResult;
import icecube.stream.Completion;
import icecube.stream.EventEntry;
import icecube.stream.InMemoryEventLog;
import icecube.stream.OutcomePart;
import icecube.testkit.ForwardingEventLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An emitter needs little memory, however large its source and its events: in a JVM of its own with
 * {@value #HEAP}. The log, which lies in the same memory here, forgets what is published.
 */
final class LittleMemoryTest {
  private static final String HEAP = "-Xmx64m";
  private static final int EVENTS = 1_200;

  /** These are as large as the largest of the competition; one in forty events is refused. */
  private static final int LARGE_EVERY = 8;

  private static final int LARGE_PULSES = 178_250;

  /** What the small JVM does. */
  static final class Emit {
    private Emit() {}

    public static void main(String[] arguments) throws InterruptedException {
      var settings = EmitterSettings.DEFAULT.withOutboxBytesMax(Long.parseLong(arguments[0]));
      var log = new ForgettingLog(new InMemoryEventLog(2));
      var time = new FakeTime(1, () -> {});
      var summary = new Emitter(new LargeSource(), log, settings, Telemetry.off(), time).run();
      System.out.print(summary.outcome() + " " + summary.events() + " " + summary.rejected());
    }
  }

  /** Events that are made while they are read. */
  private static final class LargeSource implements EventSource {
    @Override
    public String fingerprint() {
      return "large";
    }

    @Override
    public DetectorGeometry geometry() {
      return IceCube86.geometry();
    }

    @Override
    public OptionalLong eventCount() {
      return OptionalLong.of(EVENTS);
    }

    @Override
    public EventCursor open() {
      return new EventCursor() {
        private int id;

        @Override
        public @Nullable SourceEvent next() {
          if (id == EVENTS) {
            return null;
          }
          id++;
          int pulses = id % LARGE_EVERY == 0 ? LARGE_PULSES : 100;
          return new SourceEvent(
              id % 40 == 1 ? ListSource.unsound(id) : ListSource.event(id, pulses), null);
        }

        @Override
        public void close() {}
      };
    }
  }

  /** Publishes every entry where it is appended, as if it were empty of bytes: it keeps none. */
  private static final class ForgettingLog extends ForwardingEventLog {
    private static final String NAME = "forgetting";

    ForgettingLog(InMemoryEventLog log) {
      super(log);
    }

    @Override
    public AppendResult append(
        int partition, long epoch, long first, List<EventEntry> entries, int backlogMax) {
      var result = super.append(partition, epoch, first, entries, backlogMax);
      try (var reader = openReader(partition, NAME)) {
        for (var entry : reader.readNew(1_000, Duration.ZERO)) {
          var all = new OutcomePart(new byte[0], entry.eventCount(), entry.digest());
          var unused =
              complete(partition, new Completion(NAME, entry.id(), false, all, OutcomePart.NONE));
        }
      }
      return result;
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void largeEventsWithoutEndNeedLittleMemory() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Emit.class.getName(),
                System.getProperty("icecube.outbox", "" + EmitterSettings.OUTBOX_BYTES_MAX))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(out).isEqualTo("COMPLETE " + EVENTS + " " + EVENTS / 40);
  }
}
