// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.IceCube86;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads in a terminal. */
final class TextTablesTest {
  @TempDir private Path folder;

  @Test
  void everyRowOfEveryTableIsThereAndFitsATerminal() {
    Evaluation evaluation = Cases.scattered(folder, 500, 1);
    List<String> lines = TextTables.of(evaluation).lines().toList();
    assertThat(lines.get(0))
        .isEqualTo(
            "  events               500 (0 without a prediction, 0 without truth, 0 unsound, 0"
                + " repeated)");
    assertThat(lines).allMatch(line -> line.length() <= 120);
    for (Binning binning : Binning.values()) {
      assertThat(lines).anyMatch(line -> line.startsWith("  by " + binning.title()));
      for (Binning.Bin bin : binning.bins()) {
        assertThat(lines).anyMatch(line -> line.startsWith("    " + bin.label() + "  "));
      }
    }
    assertThat(lines)
        .anyMatch(line -> line.matches(" {4}95 % by kappa .* 0\\.9\\d+ \\+- 0\\.0\\d+.*"));
    assertThat(lines).anyMatch(line -> line.contains("0 lack kappa, 0 the 50 % radius"));
    assertThat(lines).anyMatch(line -> line.contains("(expected 1.177)"));
    assertThat(lines).noneMatch(line -> line.contains("absent"));
  }

  @Test
  void whatRoundsToNothingHasNoSign() {
    assertThat(TextTables.differenceOf(new Difference(9, -1e-9, 0.01)))
        .isEqualTo("0.0000 +- 0.0100");
    assertThat(TextTables.differenceOf(new Difference(9, -1e-3, null))).isEqualTo("-0.0010 +- -");
    assertThat(TextTables.differenceOf(null)).isEqualTo("-");
  }

  @Test
  void anEmptyBinIsPrintedAndWhatIsAbsentIsSaid() {
    PredictionTable table = Cases.table(folder, "model", List.of(Cases.row(1, 0, 1)));
    Evaluator evaluator = new Evaluator(List.of(table), IceCube86.geometry());
    evaluator.add(Cases.climbing(1), Cases.truth(0, 1));
    assertThat(TextTables.of(evaluator.evaluate()).lines())
        .anyMatch(line -> line.matches(" {4}768 and above +0 {2}- +- .*"))
        .anyMatch(line -> line.matches(" {4}below 32 +1 {2}0\\.0000 \\+- - +0\\.0000 .*"))
        .contains("  absent: errors by energy (the meta has no column energy_gev)");
  }
}
