// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EventLogException;
import icecube.stream.PartitionAccount;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes on where one partition, or one consumer's model server, is away. */
class PartialOutageTest extends ConsumerFixture {
  @Test
  void aPartitionThatDoesNotAnswerKeepsNobodyFromTheEntriesOfTheGoneInOthers() {
    stream.append(1);
    stream.append(2);
    try (var dead = log.openReader(1, "dead")) {
      assertThat(dead.readNew(1, Duration.ZERO)).hasSize(1);
    }
    var firstAway =
        new ForwardingEventLog(log) {
          private void requireThere(int partition) {
            if (partition == 0) {
              throw new EventLogException("test: its server is away");
            }
          }

          @Override
          public EntryReader openReader(int partition, String consumer) {
            requireThere(partition);
            return super.openReader(partition, consumer);
          }

          @Override
          public Claim claim(int partition, String name, ClaimSettings how, boolean lone) {
            requireThere(partition);
            return super.claim(partition, name, how, lone);
          }

          @Override
          public PartitionAccount account(int partition) {
            requireThere(partition);
            return super.account(partition);
          }
        };
    start(firstAway, settings());
    Await.until("taken over", () -> stream.published() == 1);
    assertThat(stream.predictedIds()).containsExactly(2L);
  }

  @Test
  void aConsumerWithoutAModelServerLeavesItsShareToOthersUntilItHasOne() {
    var lost = new FakeModelServer();
    open.add(lost);
    lost.kill();
    start(log, ConsumerSettings.of(List.of(lost.target()), "").withClaim(claim()));
    Await.until("it has a share", () -> log.meet("me", LEASE).size() == 2);
    log.depart("me");
    start(log, settings());
    stream.appendAll(40, 4);
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
    assertThat(lost.requests()).isZero();
    lost.restart();
    Await.until("back", () -> log.meet("me", LEASE).size() == 3);
  }
}
