// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.v1.Instance;
import icecube.v1.InstanceState;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InstanceIdsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_800_000_000L, 123_456_789), ZoneOffset.UTC);

  @Test
  void namesTheKindAndSixHexDigits() {
    Instance instance =
        InstanceIds.create(
            "model-server", "127.0.0.1:5001", "127.0.0.1:9001", new SplittableRandom(1), CLOCK);

    assertThat(instance.getKind()).isEqualTo("model-server");
    assertThat(instance.getInstanceId()).matches("model-server-[0-9a-f]{6}");
    assertThat(instance.getAddress()).isEqualTo("127.0.0.1:5001");
    assertThat(instance.getManagementAddress()).isEqualTo("127.0.0.1:9001");
    assertThat(instance.getIncarnation()).isEqualTo(1_800_000_000_123_456_789L);
  }

  @Test
  void makesALaterLifeHigher() {
    Instance first = InstanceIds.of("consumer", "consumer-0", "", "", CLOCK);
    Instance second =
        InstanceIds.of(
            "consumer",
            "consumer-0",
            "",
            "",
            Clock.fixed(CLOCK.instant().plusMillis(1), ZoneOffset.UTC));

    assertThat(second.getIncarnation()).isGreaterThan(first.getIncarnation());
  }

  @Test
  void gives1000InstancesNearlyAsManyIds() {
    SplittableRandom random = new SplittableRandom(7);

    long distinct =
        IntStream.range(0, 1000)
            .mapToObj(i -> InstanceIds.newId("consumer", random))
            .distinct()
            .count();

    assertThat(distinct).isGreaterThan(995);
  }

  @Test
  void refusesAKindThatCannotBeALabel() {
    assertThatThrownBy(() -> InstanceIds.create("Model Server", "", ""))
        .hasMessage("kind: Model Server (expected: [a-z][a-z0-9-]{0,62})");
  }

  @Test
  void refusesABeatThatIsNotAComponentsToSay() {
    assertThatThrownBy(() -> new Beat(InstanceState.INSTANCE_STATE_DEAD, 0))
        .hasMessageContaining("state: INSTANCE_STATE_DEAD (expected: STARTING");
    assertThatThrownBy(() -> Beat.serving(-1)).hasMessage("events_in_flight: -1 (expected: >= 0)");
    assertThat(Beat.starting().state()).isEqualTo(InstanceState.INSTANCE_STATE_STARTING);
    assertThat(Beat.draining(3).eventsInFlight()).isEqualTo(3);
  }
}
