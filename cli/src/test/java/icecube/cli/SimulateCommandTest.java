// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Simulated events as files, or compared with recorded ones: what is refused and what is said. */
final class SimulateCommandTest extends CommandFixture {
  @Test
  void aTriggerRateThatIsNoneIsAUsageError() {
    assertThat(execute("simulate", "--trigger-rate", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--trigger-rate: 0.0 (expected: above 0");
  }

  @Test
  void aCalibrationComparesAndWritesNothing() {
    // 200 events are too few for the tails, so either answer is right; both say the same thing.
    int code = execute("simulate", "--calibration", "--events", "200", "--json");
    assertThat(code).isIn(0, 6);
    assertThat(out.toString())
        .contains("\"holds\" : " + (code == 0))
        .contains("\"quantity\" : \"pulses p50\"")
        .contains("\"low\" : 56.7");
    assertThat(execute("simulate", "--calibration", "--events", "200")).isEqualTo(code);
    assertThat(out.toString()).contains("plain line fit, mean error, rad");
  }

  @Test
  void aCalibrationOfTooManyEventsIsRefusedAndJsonIsOfTheCalibration() {
    assertThat(execute("simulate", "--calibration", "--events", "2000001")).isEqualTo(2);
    assertThat(err.toString()).contains("--events: 2000001 (expected: at most 2000000)");
    assertThat(execute("simulate", "--json")).isEqualTo(2);
    assertThat(err.toString()).contains("--json: without --calibration (expected: both)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--output out", "--batch-events 5", "--trigger-rate 1"})
  void whatIsAboutFilesIsRefusedWhereNoneIsWritten(String flag) {
    String[] words = flag.split(" ", 2);
    assertThat(execute("simulate", "--calibration", "--events", "200", words[0], words[1]))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains(words[0] + ": with --calibration, which writes no files (expected: one of the");
  }

  @Test
  void aVariableForOtherCommandsDoesNotStopACalibration() {
    Map<String, String> environment = Map.of("ICECUBE_OUTPUT", "elsewhere");
    assertThat(execute(environment, "simulate", "--calibration", "--events", "200")).isIn(0, 6);
  }
}
