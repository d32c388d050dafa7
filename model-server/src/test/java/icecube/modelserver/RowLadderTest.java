// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.FeatureBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowLadderTest {
  private static OnnxModel lineFit(RowLadder ladder) throws IOException {
    byte[] graph = Files.readAllBytes(Samples.MODELS.resolve("line-fit-onnx/1/model.onnx"));
    var sessions = new OnnxSessions(Device.CPU);
    return OnnxModel.load(graph, sessions, UnaryOperator.identity(), 768, ladder, 1);
  }

  @Test
  void everyLengthGoesUpToTheNextRungAndNoFurther() {
    var ladder = RowLadder.of(1.25, 256);

    assertThat(new int[] {0, 1, 8, 9, 10, 11, 12, 13, 256, 257})
        .satisfies(
            rows -> {
              int[] rungs = new int[rows.length];
              for (int index = 0; index < rows.length; index++) {
                rungs[index] = ladder.rung(rows[index]);
              }
              assertThat(rungs).containsExactly(0, 8, 8, 10, 10, 12, 12, 15, 256, 257);
            });
    for (int rows = 1; rows <= 256; rows++) {
      int rung = ladder.rung(rows);
      assertThat(rung).isBetween(rows, Math.max(8, (int) (rows * 1.25)));
      assertThat(ladder.rung(rung)).as("a rung is its own").isEqualTo(rung);
    }
    assertThat(RowLadder.of(1.25, 5).rung(2)).isEqualTo(5);
    assertThat(RowLadder.EVERY.rung(77)).isEqualTo(77);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5, 2.01, Double.NaN, Double.POSITIVE_INFINITY})
  void aStepThatIsNoneIsRefused(double step) {
    assertThatThrownBy(() -> RowLadder.of(step, 768))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row_count_step: " + step + " (expected: above 1, at most 2.0)");
  }

  @Test
  void paddingMovesNoAnswerAndNeighboursNotInAnyBit() throws IOException {
    var builder = new FeatureBuilder(Samples.GEOMETRY, 768);
    var events = Samples.events(new SplittableRandom(23), 64);
    var table = builder.build(events);
    try (var equal = lineFit(RowLadder.EVERY);
        var padded = lineFit(RowLadder.of(1.25, 768))) {
      var wanted = DirectionTask.ask(equal, table);
      var found = DirectionTask.ask(padded, table);

      assertThat(padded.runCount()).isLessThan(equal.runCount());
      for (int event = 0; event < events.size(); event++) {
        assertThat(found.x(event)).isCloseTo(wanted.x(event), within(1e-5));
        assertThat(found.y(event)).isCloseTo(wanted.y(event), within(1e-5));
        assertThat(found.z(event)).isCloseTo(wanted.z(event), within(1e-5));
        var alone = DirectionTask.ask(padded, builder.build(events.subList(event, event + 1)));
        assertThat(alone.x(0)).isEqualTo(found.x(event));
        assertThat(alone.y(0)).isEqualTo(found.y(event));
        assertThat(alone.z(0)).isEqualTo(found.z(event));
      }
    }
  }
}
