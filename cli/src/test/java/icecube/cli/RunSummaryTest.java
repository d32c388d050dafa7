// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class RunSummaryTest {
  private static RunSummary summary(
      long predicted, long deadLettered, long inFlight, long duplicates) {
    return new RunSummary(
        10,
        predicted,
        deadLettered,
        inFlight,
        duplicates,
        1234.5,
        2.5,
        new RunSummary.LatencyMs(1.5, 9.25),
        null,
        "line-fit",
        "1");
  }

  @Test
  void jsonHasTheDocumentedFieldsInTheirOrder() throws Exception {
    JsonNode json = new ObjectMapper().readTree(summary(9, 1, 0, 0).toJson());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "emitted",
            "predicted",
            "deadLettered",
            "inFlight",
            "duplicates",
            "eventsPerSecond",
            "wallSeconds",
            "latencyMs",
            "meanAngularErrorRad",
            "model",
            "modelVersion");
    assertThat(json.get("latencyMs").get("p99").asDouble()).isEqualTo(9.25);
    assertThat(json.get("meanAngularErrorRad").isNull()).isTrue();
  }

  @Test
  void balanceHoldsOnlyWhenEveryEventIsPublishedOnce() {
    assertThat(summary(9, 1, 0, 0).isBalanced()).isTrue();
    assertThat(summary(10, 0, 0, 0).isBalanced()).isTrue();
    assertThat(summary(8, 1, 1, 0).isBalanced()).isFalse();
    assertThat(summary(8, 1, 0, 0).isBalanced()).isFalse();
    assertThat(summary(9, 1, 0, 1).isBalanced()).isFalse();
  }

  @Test
  void tableSaysWhatIsUnknown() {
    assertThat(summary(9, 1, 0, 0).toTable()).contains("unknown").contains("holds");
    assertThat(summary(9, 0, 0, 0).toTable()).contains("BROKEN");
  }
}
