// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class VerdictTest {
  private static final Map<Long, Reference.Direction> EXPECTED =
      Map.of(1L, direction(1), 2L, direction(2), 3L, direction(3));

  private final Published published = new Published();

  @Test
  void everyEventOnceInItsDirectionIsNoViolation() throws Exception {
    predict(1, 2);
    predict(3);
    assertThat(verdict(Set.of()).violations()).isEmpty();
  }

  @Test
  void eventThatDidNotComeOutIsLost() throws Exception {
    predict(1, 3);
    assertThat(verdict(Set.of()).lost()).containsExactly(2L);
    assertThat(verdict(Set.of()).violations()).containsExactly("lost: 1 (expected: 0), ids [2]");
  }

  @Test
  void eventThatCameOutTwiceIsDoubled() throws Exception {
    predict(1, 2, 3);
    predict(2);
    assertThat(verdict(Set.of()).doubled()).containsExactly(2L);
  }

  @Test
  void eventPredictedAndDeadLetteredIsDoubledAndWronglyDead() throws Exception {
    predict(1, 2, 3);
    refuse(3, Reason.REASON_CRASH_LOOP);
    assertThat(verdict(Set.of()).doubled()).containsExactly(3L);
    assertThat(verdict(Set.of()).wrongDead()).containsExactly(3L);
  }

  @Test
  void eventThatNeverWentInIsForeign() throws Exception {
    predict(1, 2, 3, 4);
    assertThat(verdict(Set.of()).foreign()).containsExactly(4L);
  }

  @Test
  void otherDirectionThanUndisturbedIsFound() throws Exception {
    predict(1, 2);
    published.addPredictions(
        PredictionBatch.newBuilder()
            .addPredictions(prediction(3).toBuilder().setZenithRad(0.1))
            .build()
            .toByteArray());
    assertThat(verdict(Set.of()).otherDirection()).containsExactly(3L);
  }

  @Test
  void killerHasToEndAsACrashLoop() throws Exception {
    predict(1, 2);
    refuse(3, Reason.REASON_CRASH_LOOP);
    assertThat(verdict(Set.of(3L)).violations()).isEmpty();
    assertThat(verdict(Set.of(2L, 3L)).wrongAlive()).containsExactly(2L);
  }

  @Test
  void killerRefusedForAnotherReasonIsNotFoundOut() throws Exception {
    predict(1, 2);
    refuse(3, Reason.REASON_EVENT_EMPTY);
    assertThat(verdict(Set.of(3L)).wrongAlive()).containsExactly(3L);
  }

  private Verdict verdict(Set<Long> killers) {
    return Verdict.of(published, EXPECTED, killers);
  }

  private void predict(long... ids) throws InvalidProtocolBufferException {
    var batch = PredictionBatch.newBuilder();
    for (long id : ids) {
      batch.addPredictions(prediction(id));
    }
    published.addPredictions(batch.build().toByteArray());
  }

  private void refuse(long id, Reason reason) throws InvalidProtocolBufferException {
    published.addDeadLetters(
        DeadLetterBatch.newBuilder()
            .addDeadLetters(DeadLetter.newBuilder().setEventId(id).setReason(reason))
            .build()
            .toByteArray());
  }

  private static Prediction prediction(long id) {
    return Prediction.newBuilder()
        .setEventId(id)
        .setAzimuthRad(direction(id).azimuthRad())
        .setZenithRad(direction(id).zenithRad())
        .build();
  }

  private static Reference.Direction direction(long id) {
    return new Reference.Direction(id, id / 4.0);
  }
}
