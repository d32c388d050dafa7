// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Suspects, and others, that come to a consumer which does not take them on. */
class LoneClaimTest extends ConsumerFixture {
  /** More than an entry survives if each counts. */
  private static final int UNANSWERED = 6;

  private static final Duration LONG_PAUSE = Duration.ofSeconds(30);

  @Test
  void aSuspectIsNotBlamedForClaimsThatNobodyHeardTheAnswerOf() {
    stream.append(1);
    makeSuspected();
    var lost = new AtomicInteger();
    start(losing(lost, UNANSWERED), settings());
    stream.awaitBalance();
    assertThat(lost.get()).isGreaterThan(UNANSWERED);
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(stream.predictedIds()).containsExactly(1L);
  }

  @Test
  void whatCameUnheardIsHandedBackByAConsumerThatLeaves() {
    stream.append(1);
    makeSuspected();
    var lost = new AtomicInteger();
    var consumer = start(losing(lost, Integer.MAX_VALUE), settings());
    Await.until("lost", () -> lost.get() > 0);
    consumer.close();
    var taken = log.claim(0, "next", claim(), true);
    assertThat(taken.entries()).as("free at once, not when its lease is over").hasSize(1);
    assertThat(taken.kind()).isEqualTo(Claim.Kind.LONE);
  }

  @Test
  void whatComesAgainWhileItsFormerWaySleepsIsHandedBackUncounted() {
    server.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_NOT_READY));
    stream.append(1);
    var handedBack = new AtomicInteger();
    var forgetful =
        new ForwardingEventLog(log) {
          @Override
          public Set<EntryId> renew(int partition, String name, Collection<EntryId> ids) {
            return Set.of();
          }

          @Override
          public Set<EntryId> release(int partition, String name, Collection<EntryId> ids) {
            handedBack.addAndGet(ids.size());
            return super.release(partition, name, ids);
          }
        };
    var sleepy =
        settings()
            .with(
                change -> {
                  change.retryFirst = LONG_PAUSE;
                  change.retryMax = LONG_PAUSE;
                  change.drain = Duration.ZERO;
                });
    var consumer = start(forgetful, sleepy);
    Await.until("handed back", () -> handedBack.get() > claim().loneDeliveriesMax());
    assertThat(consumer.eventsInFlight()).as("its former way still sleeps").isEqualTo(1);
    assertThat(log.claim(0, "next", claim(), true).kind()).isNotEqualTo(Claim.Kind.DEAD);
  }

  /** A log whose first answers to a lone claim that takes something are lost. */
  private EventLog losing(AtomicInteger lost, int lostMax) {
    return new ForwardingEventLog(log) {
      @Override
      public Claim claim(int partition, String name, ClaimSettings how, boolean lone) {
        var claim = super.claim(partition, name, how, lone);
        if (lone && !claim.entries().isEmpty() && lost.incrementAndGet() <= lostMax) {
          throw new EventLogException("test: the answer is lost");
        }
        return claim;
      }
    };
  }

  private void makeSuspected() {
    try (var reader = log.openReader(0, "dead")) {
      reader.readNew(1, Duration.ZERO);
    }
    var atOnce = new ClaimSettings(Duration.ofNanos(1), 1, claim().suspectAt(), 2);
    for (int delivery = 1; delivery < claim().suspectAt(); delivery++) {
      assertThat(log.claim(0, "dead", atOnce, false).entries()).hasSize(1);
    }
  }
}
