// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The short form of {@link ServerFuzz}, which also holds memory to a bound. */
final class ServerFuzzTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x5eed);
  private static final long MESSAGES = Long.getLong("icecube.fuzz.messages", 20_000);

  @Test
  void everyMalformedMessageIsAnsweredWithAReasonAndEverySoundOneWithDirections()
      throws InterruptedException {
    var fuzz = new ServerFuzz();
    var outcome = fuzz.run(MESSAGES, SEED);

    assertThat(outcome.answers().wrong()).isEmpty();
    assertThat(outcome.answers().counts().keySet())
        .contains(
            "OK",
            "INVALID_ARGUMENT REQUEST_UNREADABLE",
            "INVALID_ARGUMENT COLUMNS_MISMATCHED",
            "INVALID_ARGUMENT FEATURES_INVALID",
            "INVALID_ARGUMENT TENSORS_INVALID",
            "NOT_FOUND MODEL_UNKNOWN",
            "UNIMPLEMENTED UNSUPPORTED",
            "OK, event TIME_OUT_OF_RANGE",
            "OK, event SENSOR_UNKNOWN");
    assertThat(outcome.answers().counts())
        .containsEntry("INVALID_ARGUMENT REQUEST_UNREADABLE", fuzz.unreadableCount());
  }
}
