// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.TimeAndChance;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionShareTest {
  private static final Duration LEASE = Duration.ofSeconds(3);

  private final InMemoryEventLog log = new InMemoryEventLog(5);
  private final EntryWindow window = new EntryWindow(1, 1, 0);

  private PartitionShare share(EventLog from, String consumer) {
    window.serve(true);
    return new PartitionShare(from, consumer, LEASE, window, TimeAndChance.SYSTEM);
  }

  @Test
  void everyPartitionIsInOneShareAndNoShareIsLargerThanAnotherByMoreThanOne() {
    for (int partitions = 1; partitions <= 17; partitions++) {
      for (int consumers = 1; consumers <= partitions; consumers++) {
        List<Integer> all = new ArrayList<>();
        for (int rank = 0; rank < consumers; rank++) {
          var share = PartitionShare.of(rank, consumers, partitions);
          assertThat(share.size())
              .isBetween(partitions / consumers, (partitions + consumers - 1) / consumers);
          all.addAll(share);
        }
        assertThat(all).hasSize(partitions).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void ofMoreConsumersThanPartitionsEachReadsOne() {
    assertThat(PartitionShare.of(0, 5, 2)).containsExactly(0);
    assertThat(PartitionShare.of(4, 5, 2)).containsExactly(0);
    assertThat(PartitionShare.of(3, 5, 2)).containsExactly(1);
  }

  @Test
  void theShareFollowsWhoComesAndGoes() {
    var first = share(log, "a");
    assertThat(first.partitions()).as("before it has met anybody").isEmpty();
    assertThat(first.step()).contains(LEASE.dividedBy(3));
    assertThat(first.partitions()).containsExactly(0, 1, 2, 3, 4);
    var second = share(log, "b");
    second.step();
    assertThat(second.partitions()).containsExactly(1, 3);
    first.step();
    assertThat(first.partitions()).containsExactly(0, 2, 4);
    second.close();
    assertThat(second.step()).as("its last").isEmpty();
    first.step();
    assertThat(first.partitions()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aSilentLogChangesNothing() {
    var isSilent = new boolean[1];
    var silent =
        new ForwardingEventLog(log) {
          @Override
          public List<String> meet(String consumer, Duration lease) {
            if (isSilent[0]) {
              throw new EventLogException("test: silent");
            }
            return super.meet(consumer, lease);
          }
        };
    log.meet("other", LEASE);
    var share = share(silent, "me");
    share.step();
    isSilent[0] = true;
    assertThat(share.step()).contains(LEASE.dividedBy(3));
    assertThat(share.partitions()).containsExactly(0, 2, 4);
  }

  @Test
  void aBugWhileMeetingEndsNothing() {
    var failing =
        new ForwardingEventLog(log) {
          @Override
          public List<String> meet(String consumer, Duration lease) {
            throw new IllegalStateException("test: a bug");
          }
        };
    assertThat(share(failing, "me").step()).isPresent();
  }
}
