// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import icecube.physics.Quality;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PredictionCodecTest {
  @Test
  void aDirectionComesBack() {
    var random = new SplittableRandom(3);
    for (int trial = 0; trial < 1_000; trial++) {
      var direction =
          Direction.ofAngles(
              random.nextDouble() * 2 * Math.PI, Math.acos(random.nextDouble() * 2 - 1));

      var decoded = PredictionCodec.direction(PredictionCodec.directed(direction).build());

      assertThat(decoded.dot(direction)).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void thePolesAndTheSeamComeBack() {
    for (var direction :
        new Direction[] {
          new Direction(0, 0, 1), new Direction(0, 0, -1), new Direction(1, -0.0, 0)
        }) {
      var prediction = PredictionCodec.directed(direction).build();

      assertThat(prediction.getAzimuthRad()).isZero();
      assertThat(PredictionCodec.direction(prediction).dot(direction)).isEqualTo(1);
    }
  }

  @Test
  void aPredictionTellsItsEventItsModelAndWhatWasKnownBefore() {
    var table = Samples.table(new SplittableRandom(4), 5);

    var prediction =
        PredictionCodec.encode(table, 3, new Direction(0, 1, 0), "line-fit", "1").build();

    assertThat(prediction.getEventId()).isEqualTo(table.eventId(3));
    assertThat(prediction.getPulsesSeen()).isEqualTo(table.pulsesSeen(3));
    assertThat(prediction.getPulsesUsed()).isEqualTo(table.rowCount(3));
    assertThat(prediction.getModelName()).isEqualTo("line-fit");
    assertThat(prediction.getModelVersion()).isEqualTo("1");
    assertThat(PredictionCodec.qualityBits(prediction)).isEqualTo(table.qualityBits(3));
    assertThat(prediction.hasKappa()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Quality.class)
  void aQualityFlagIsTheBitOfItsNumberOnTheWire(Quality quality) {
    assertThat(quality.bit()).isEqualTo(1 << PredictionCodec.encode(quality).getNumber());
    assertThat(PredictionCodec.encode(quality).name()).isEqualTo("QUALITY_" + quality.name());
    assertThat(PredictionCodec.qualities(quality.bit()))
        .containsExactly(PredictionCodec.encode(quality));
  }

  @Test
  void whatIsNoDirectionIsRefused() {
    assertInvalid(valid().setX(0.5));
    assertInvalid(valid().setX(Double.NaN));
    assertInvalid(valid().setAzimuthRad(2 * Math.PI));
    assertInvalid(valid().setAzimuthRad(-1e-9));
    assertInvalid(valid().setZenithRad(3.2));
    assertInvalid(valid().setZenithRad(Double.NaN));
    assertInvalid(valid().setZenithRad(1));
    assertInvalid(Prediction.newBuilder());
  }

  private static Prediction.Builder valid() {
    return PredictionCodec.directed(new Direction(1, 0, 0));
  }

  private static void assertInvalid(Prediction.Builder prediction) {
    assertThatThrownBy(() -> PredictionCodec.direction(prediction.build()))
        .isInstanceOfSatisfying(
            ReasonException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.REASON_PREDICTION_INVALID));
  }
}
