// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckpointsTest {
  private static final int PARTITIONS = 3;

  private final Checkpoints checkpoints = new Checkpoints(PARTITIONS);

  @Test
  void theStartIsAlwaysAPlaceToGoBackTo() {
    assertThat(lastHeldAt(0).entries()).isZero();
    readTo(100_000);
    assertThat(lastHeldAt(0).entries()).isZero();
    assertThat(lastHeldAt(0).position()).isNull();
  }

  @Test
  void thereAreNeverMoreThanTheLimit() {
    readTo(1_000_000);
    assertThat(checkpoints.count()).isEqualTo(Checkpoints.COUNT_MAX);
  }

  @Test
  void goingBackFindsAPlaceThatIsNotMuchFurtherBack() {
    long read = 3_000_000;
    readTo(read);
    for (long back = 1; back < read; back = back * 3 / 2 + 1) {
      long from = lastHeldAt(read - back).entries();
      assertThat(from).isLessThanOrEqualTo(read - back);
      assertThat(read - back - from)
          .as("read needlessly, %d entries back", back)
          .isLessThanOrEqualTo(back / 2 + 2 * Checkpoints.INTERVAL_ENTRIES);
    }
  }

  @Test
  void aPlaceBehindWhichOnePartitionLacksAnEntryIsNotTaken() {
    readTo(640);
    assertThat(lastHeldAt(640).entries()).isEqualTo(640);
    long[] held = held(640);
    held[1] -= 30;
    assertThat(checkpoints.lastHeldBy(held).entries()).isEqualTo(512);
  }

  @Test
  void placesThatWereComeByBeforeAreNotWantedAgain() {
    readTo(640);
    assertThat(checkpoints.wants(128)).isFalse();
    assertThat(checkpoints.wants(703)).isFalse();
    assertThat(checkpoints.wants(704)).isTrue();
  }

  @Test
  void entriesGoRoundThePartitions() {
    var place = new Checkpoint(7, new long[] {30, 20, 10}, null);
    assertThat(place.entriesOf(0)).isEqualTo(3);
    assertThat(place.entriesOf(1)).isEqualTo(2);
    assertThat(place.entriesOf(2)).isEqualTo(2);
    assertThat(place.events()).isEqualTo(60);
    assertThat(place.eventsOf(1)).isEqualTo(20);
  }

  private void readTo(long entries) {
    for (long at = 0; at <= entries; at++) {
      if (checkpoints.wants(at)) {
        checkpoints.add(new Checkpoint(at, new long[PARTITIONS], null));
      }
    }
  }

  private Checkpoint lastHeldAt(long entries) {
    return checkpoints.lastHeldBy(held(entries));
  }

  private static long[] held(long entries) {
    var place = new Checkpoint(entries, new long[PARTITIONS], null);
    return new long[] {place.entriesOf(0), place.entriesOf(1), place.entriesOf(2)};
  }
}
