// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Direction;
import icecube.physics.VonMisesFisher;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The radii that a direction model may say beside or in place of kappa. */
@Timeout(60)
final class DirectionRadiiTest {
  @Test
  void theRadiiAreThoseOfTheModelAndNotThoseOfKappa() {
    var prediction = judged(true, true, 0.25f, 0.75f);

    assertThat(prediction.getKappa()).isEqualTo(RadiiModels.KAPPA);
    assertThat(prediction.getRadius50Rad()).isEqualTo(0.25);
    assertThat(prediction.getRadius90Rad()).isEqualTo(0.75);
  }

  @Test
  void withoutRadiiTheyAreThoseKappaStandsFor() {
    var prediction = judged(true, false, 0.25f, 0.75f);

    var wanted = new VonMisesFisher(new Direction(0, 0, 1), RadiiModels.KAPPA);
    assertThat(prediction.getRadius50Rad()).isEqualTo(wanted.containmentRad(0.5));
    assertThat(prediction.getRadius90Rad()).isEqualTo(wanted.containmentRad(0.9));
  }

  @Test
  void radiiNeedNoKappa() {
    var prediction = judged(false, true, 0.25f, 0.75f);

    assertThat(prediction.hasKappa()).isFalse();
    assertThat(prediction.getRadius50Rad()).isEqualTo(0.25);
    assertThat(prediction.getRadius90Rad()).isEqualTo(0.75);
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0.75",
    "0.25, NaN",
    "0.75, 0.25",
    "0, 0.75",
    "0, 0",
    "-0.25, 0.75",
    "-0.75, -0.25",
    "0.25, 3.1416",
    "0.25, Infinity",
    "-Infinity, 0.75",
    "-Infinity, -Infinity"
  })
  void whatIsNoRadiusIsNotToldAndKappaStillIs(float radius50, float radius90) {
    var prediction = judged(true, true, radius50, radius90);

    assertThat(prediction.hasRadius50Rad()).isFalse();
    assertThat(prediction.hasRadius90Rad()).isFalse();
    assertThat(prediction.getKappa()).isEqualTo(RadiiModels.KAPPA);
    assertThat(judged(false, true, radius50, radius90).hasRadius50Rad()).isFalse();
  }

  @Test
  void theWholeSkyAndEqualRadiiAreRadii() {
    float half = (float) Math.PI; // a little more than pi
    var prediction = judged(true, true, half, half);

    assertThat(prediction.getRadius50Rad()).isEqualTo(Math.PI);
    assertThat(prediction.getRadius90Rad()).isEqualTo(Math.PI);
  }

  @Test
  void anEventWithoutDirectionHasNoRadii() {
    var table = RadiiModels.table(new float[] {0, 0, 0, RadiiModels.KAPPA, 0.25f, 0.75f});
    try (var model = RadiiModels.served("radii", "1", true, true)) {
      var result = EventResults.judge(table, 0, RadiiModels.ask(model, table), model.card());

      assertThat(result.getPrediction().hasRadius50Rad()).isFalse();
    }
  }

  @Test
  void goodRadiiMendNoKappa() {
    var table = RadiiModels.table(new float[] {0, 0, 1, -1, 0.25f, 0.75f});
    try (var model = RadiiModels.served("radii", "1", true, true)) {
      var result = EventResults.judge(table, 0, RadiiModels.ask(model, table), model.card());

      assertThat(result.getError().getReason()).isEqualTo(Reason.REASON_PREDICTION_INVALID);
    }
  }

  @Test
  void eachEventOfABatchHasItsOwnRadii() {
    var table = RadiiModels.rows(100);
    try (var model = RadiiModels.served("radii", "1", false, true)) {
      var answers = RadiiModels.ask(model, table);

      for (int event = 0; event < 100; event++) {
        assertThat(answers.hasRadii(event)).isTrue();
        assertThat(answers.radius50Rad(event)).isEqualTo(table.value(event, 4));
        assertThat(answers.radius90Rad(event)).isEqualTo(table.value(event, 5));
        assertThat(answers.kappa(event)).isEmpty();
      }
    }
  }

  @Test
  void whatIsCalledRadiiAndIsNotOfTwoIsNoDirectionModels() {
    var text =
        new SignatureText(
            Map.of("features", "float32[b, n, 6]", "lengths", "int64[b]"),
            Map.of("direction", "float32[b, 3]", "radii", "float32[b, 3]"));

    assertThat(text.parse(null).isOfDirections()).isFalse();
  }

  private static Prediction judged(
      boolean hasKappa, boolean hasRadii, float radius50, float radius90) {
    var table = RadiiModels.table(new float[] {0, 0, 1, RadiiModels.KAPPA, radius50, radius90});
    try (var model = RadiiModels.served("radii", "1", hasKappa, hasRadii)) {
      var result = EventResults.judge(table, 0, RadiiModels.ask(model, table), model.card());
      assertThat(result.hasPrediction()).isTrue();
      return result.getPrediction();
    }
  }
}
