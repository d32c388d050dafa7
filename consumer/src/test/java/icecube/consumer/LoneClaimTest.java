// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EventLogException;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A suspect whose claim is not answered. */
class LoneClaimTest extends ConsumerFixture {
  /** More than an entry survives if each counts. */
  private static final int UNANSWERED = 6;

  @Test
  void aSuspectIsNotBlamedForClaimsThatNobodyHeardTheAnswerOf() {
    stream.append(1);
    makeSuspected();
    var lost = new AtomicInteger();
    var deaf =
        new ForwardingEventLog(log) {
          @Override
          public Claim claim(int partition, String name, ClaimSettings how, boolean lone) {
            var claim = super.claim(partition, name, how, lone);
            if (lone && !claim.entries().isEmpty() && lost.incrementAndGet() <= UNANSWERED) {
              throw new EventLogException("test: the answer is lost");
            }
            return claim;
          }
        };
    start(deaf, settings());
    stream.awaitBalance();
    assertThat(lost.get()).isGreaterThan(UNANSWERED);
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(stream.predictedIds()).containsExactly(1L);
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
