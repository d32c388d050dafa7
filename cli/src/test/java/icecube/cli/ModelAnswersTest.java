// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.StartException;
import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.proto.PredictionCodec;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.Quality;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What counts as an answer to a disturbed event, and when a model is given up. */
final class ModelAnswersTest {
  private static final FeatureTable ROWS =
      FeatureTable.owning(new long[0], new int[0], new int[0], new int[0], new float[0]);
  private static final Direction DOWN = new Direction(0, 0, 1);
  private static final EventResult GOOD =
      EventResult.newBuilder().setPrediction(PredictionCodec.directed(DOWN)).build();
  private static final EventResult NONE =
      EventResult.newBuilder()
          .setPrediction(
              PredictionCodec.directed(Direction.NO_DIRECTION)
                  .addQuality(Quality.QUALITY_NO_DIRECTION))
          .build();
  private static final EventResult BAD =
      EventResult.newBuilder()
          .setError(EventError.newBuilder().setMessage("direction: (NaN, 0, 0) from ill/1"))
          .build();

  @Test
  void whatIsNoDirectionIsNoAnswerAndTouchesNoOther() {
    ModelAnswers answers = new ModelAnswers("ill", table -> List.of(BAD, GOOD, NONE));
    assertThat(answers.of(ROWS))
        .containsExactly(Optional.empty(), Optional.of(DOWN), Optional.empty());
  }

  @Test
  void aModelThatAnswersNothingAtFirstCannotBeRun() {
    ModelAnswers answers = new ModelAnswers("ill", table -> List.of(BAD, BAD));
    assertThatThrownBy(() -> answers.of(ROWS))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--robustness: ill: direction: (NaN, 0, 0) from ill/1"
                + " (expected: a model that answers one event in 2)");
  }

  @Test
  void aModelThatHasAnsweredMayFailOnAllOfTheNextRows() {
    List<List<EventResult>> turns = List.of(List.of(NONE, BAD), List.of(BAD, BAD));
    int[] turn = {0};
    ModelAnswers answers = new ModelAnswers("ill", table -> turns.get(turn[0]++));
    assertThat(answers.of(ROWS)).containsOnly(Optional.empty());
    assertThat(answers.of(ROWS)).containsOnly(Optional.empty());
  }
}
