// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class QueueRefusalsTest {
  private static final long SECOND_NANOS = 1_000_000_000;

  @Test
  void aFullQueueAsksToComeBackWhenHalfOfItIsDone() {
    var refusal = QueueRefusals.full("events", 10, 1, 10, SECOND_NANOS);

    assertThat(refusal.reason()).isEqualTo(Reason.REASON_QUEUE_FULL);
    assertThat(refusal.retryDelay()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aWaitThatIsTooLongAsksToComeBackWhenItIsShortEnough() {
    var refusal = QueueRefusals.waitTooLong(3 * SECOND_NANOS, 2 * SECOND_NANOS);

    assertThat(refusal.reason()).isEqualTo(Reason.REASON_WAIT_TOO_LONG);
    assertThat(refusal.retryDelay()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void nobodyIsSentAwayForLessThanTheLeast() {
    assertThat(QueueRefusals.full("bytes", 10, 1, 10, 2).retryDelay())
        .isEqualTo(QueueRefusals.DELAY_MIN);
    assertThat(QueueRefusals.waitTooLong(2, 1).retryDelay()).isEqualTo(QueueRefusals.DELAY_MIN);
  }

  @Test
  void aFullQueueOfUnknownPaceAsksForTheUsualDelay() {
    assertThat(QueueRefusals.full("bytes", 10, 1, 10, 0).retryDelay())
        .isEqualTo(Reasons.RETRY_DELAY);
  }

  @Test
  void nobodyIsSentAwayForLongerThanTheMost() {
    assertThat(QueueRefusals.full("events", 10, 1, 10, Long.MAX_VALUE).retryDelay())
        .isEqualTo(QueueRefusals.DELAY_MAX);
    assertThat(QueueRefusals.waitTooLong(Long.MAX_VALUE / 2, 0).retryDelay())
        .isEqualTo(QueueRefusals.DELAY_MAX);
  }

  @Test
  void aServerThatClosesIsNoOverload() {
    assertThat(QueueRefusals.draining().reason()).isEqualTo(Reason.REASON_DRAINING);
  }
}
