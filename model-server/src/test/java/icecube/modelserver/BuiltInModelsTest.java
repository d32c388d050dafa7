// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.FeatureTable;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that need no file, and what their versions promise. */
final class BuiltInModelsTest {
  /** Whoever changes what a fit answers raises its version, and writes the new answers here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "line-fit | 1 | 0.1128 0.4583 -0.8816, -0.0946 -0.2161 -0.9718, -0.4599 -0.0834 -0.8840,"
            + " -0.2340 -0.2520 -0.9390",
        "pandel   | 1 | -0.9184 -0.1171 -0.3779, -0.0983 -0.7819 -0.6156, -0.4639 -0.0952 -0.8808,"
            + " -0.3815 0.7026 -0.6006",
      })
  void aVersionStandsForItsAnswers(String name, String version, String answers) {
    FeatureTable table = Samples.table(new SplittableRandom(41), 4);
    try (ServedModel model = BuiltInModels.served(name)) {
      var said = DirectionTask.ask(model.inference(), table);
      var words = new StringBuilder();
      for (int event = 0; event < table.eventCount(); event++) {
        words.append(
            String.format(
                Locale.ROOT, "%.4f %.4f %.4f, ", said.x(event), said.y(event), said.z(event)));
      }

      assertThat(model.card().version()).isEqualTo(version);
      assertThat(words.toString()).isEqualTo(answers + ", ");
    }
  }

  @Test
  void thereIsNoOther() {
    assertThat(BuiltInModels.served()).allMatch(model -> BuiltInModels.has(model.card().name()));
    assertThat(BuiltInModels.has("direction")).isFalse();
    assertThatThrownBy(() -> BuiltInModels.served("direction"))
        .hasMessage("model: direction (expected: line-fit or pandel)");
  }
}
