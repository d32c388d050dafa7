// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.EventDigest;
import icecube.stream.PartitionAccount;
import icecube.stream.PartitionInspection;
import icecube.stream.PartitionInspection.ConsumerInspection;
import icecube.stream.PartitionInspection.GroupInspection;
import icecube.stream.PartitionInspection.StreamInspection;
import icecube.stream.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Every problem is named when it is there, and none when all is well. */
final class DiagnosisTest {
  private static final StreamInspection EMPTY =
      new StreamInspection(0, Optional.empty(), List.of());
  private static final PartitionAccount SOUND = account(100, 90, 0, 5, OptionalLong.of(5), 2);

  private static PartitionAccount account(
      long emitted, long predicted, long dead, long last, OptionalLong source, long backlog) {
    return new PartitionAccount(
        emitted,
        predicted,
        dead,
        EventDigest.ZERO,
        EventDigest.ZERO,
        EventDigest.ZERO,
        last,
        source,
        backlog,
        0,
        0,
        0,
        Tally.ZERO,
        Tally.ZERO,
        0);
  }

  private static GroupInspection group(
      long pending, long lag, long idleSeconds, long deliveries, ConsumerInspection... consumers) {
    return new GroupInspection(
        "consumers",
        "1-0",
        pending,
        lag,
        false,
        pending == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(idleSeconds)),
        deliveries,
        List.of(consumers));
  }

  private static ConsumerInspection consumer(long pending, long idleSeconds) {
    return new ConsumerInspection("c", pending, Duration.ofSeconds(idleSeconds));
  }

  private static StreamInspection stream(long entries, long oldest, GroupInspection... groups) {
    return new StreamInspection(entries, Optional.of(Duration.ofSeconds(oldest)), List.of(groups));
  }

  private static PartitionInspection events(StreamInspection events) {
    return new PartitionInspection(
        events, EMPTY, EMPTY, OptionalLong.of(100), OptionalLong.of(1000));
  }

  private static List<String> of(StreamInspection events) {
    return Diagnosis.of(SOUND, events(events));
  }

  @Test
  void aPartitionThatWorksHasNoProblem() {
    assertThat(of(stream(2, 1, group(2, 0, 0, 1, consumer(2, 0))))).isEmpty();
  }

  @Test
  void aPartitionThatIsDoneHasNoProblemWithoutConsumers() {
    var done = account(100, 100, 0, 5, OptionalLong.of(5), 0);
    assertThat(
            Diagnosis.of(
                done,
                events(new StreamInspection(0, Optional.empty(), List.of(group(0, 0, 0, 0))))))
        .isEmpty();
  }

  @Test
  void entriesWithoutAnybodyWhoReadsAreNamed() {
    assertThat(of(stream(64, 1, group(0, 64, 0, 0))))
        .anyMatch(
            line -> line.contains("64 of 64 entries") && line.contains("no consumer is reading"));
    assertThat(of(stream(2, 1))).anyMatch(line -> line.contains("no consumer group"));
  }

  @Test
  void aConsumerThatIsSilentIsNotReading() {
    assertThat(of(stream(3, 1, group(1, 2, 0, 1, consumer(1, 11)))))
        .anyMatch(
            line -> line.contains("2 of 3 entries") && line.contains("no consumer is reading"));
  }

  @Test
  void entriesThatTheirHoldersDoNotRenewAreNamed() {
    assertThat(of(stream(3, 1, group(3, 0, 11, 1, consumer(3, 0)))))
        .anyMatch(line -> line.contains("renewed none for 11.0 s"));
  }

  @Test
  void anEntryThatKillsIsNamed() {
    assertThat(of(stream(1, 1, group(1, 0, 0, 4, consumer(1, 0)))))
        .anyMatch(line -> line.contains("delivered 4 times") && line.contains("CRASH_LOOP"));
  }

  @Test
  void aFullQueueAndAnOldEntryAreNamed() {
    assertThat(of(stream(64, 31, group(1, 63, 0, 1, consumer(1, 0)))))
        .anyMatch(line -> line.contains("the queue is full"))
        .anyMatch(line -> line.contains("oldest entry waits for 31.0 s"));
  }

  @Test
  void anAccountThatDoesNotBalanceIsNamed() {
    var quiet = events(EMPTY);
    assertThat(Diagnosis.of(account(9, 8, 0, 1, OptionalLong.of(1), 0), quiet))
        .anyMatch(line -> line.contains("does not balance"));
    assertThat(Diagnosis.of(account(9, 10, 0, 1, OptionalLong.of(1), 0), quiet))
        .anyMatch(line -> line.contains("does not balance"));
  }

  @Test
  void aLogThatWasRolledBackIsNamed() {
    assertThat(Diagnosis.of(account(9, 9, 0, 3, OptionalLong.of(5), 0), events(EMPTY)))
        .anyMatch(line -> line.contains("3 of 5 entries") && line.contains("rolled back"));
  }

  @Test
  void deadLettersAreNamed() {
    assertThat(Diagnosis.of(account(9, 6, 3, 5, OptionalLong.of(5), 0), events(EMPTY)))
        .anyMatch(line -> line.contains("dead-lettered: 3 of"));
  }

  @Test
  void aMemoryThatIsNearlyFullIsNamed() {
    var full =
        new PartitionInspection(
            EMPTY, EMPTY, EMPTY, OptionalLong.of(95 << 20), OptionalLong.of(100 << 20));
    assertThat(Diagnosis.of(account(9, 9, 0, 5, OptionalLong.of(5), 0), full))
        .anyMatch(line -> line.contains("95.0 MiB of 100.0 MiB"));
  }

  @Test
  void aReaderOfPredictionsThatStoppedIsNamed() {
    var behind =
        new PartitionInspection(
            EMPTY,
            stream(7, 1, group(3, 4, 0, 1, consumer(3, 3600))),
            EMPTY,
            OptionalLong.empty(),
            OptionalLong.empty());
    assertThat(Diagnosis.of(account(9, 9, 0, 5, OptionalLong.of(5), 0), behind))
        .anyMatch(line -> line.contains("of predictions has 7 entries"));
  }
}
