// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PromqlNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "up | up",
        "up == 0 | up",
        "count(up == 0) or vector(0) | up",
        "sum by (job, reason) (rate(a_total{reason=\"b_c\"}[5m])) | a_total",
        "a:b:sum > scalar(c:limit) | a:b:sum c:limit",
        "rate(a[$__rate_interval]) * 1e3 | a",
        "a and on (model) b unless c | a b c",
      })
  void findsMetricsAndNothingElse(String promql, String names) {
    assertThat(String.join(" ", PromqlNames.of(promql))).isEqualTo(names);
  }

  @Test
  void quantileOfAHistogramNamesItsBuckets() {
    assertThat(
            PromqlNames.of(
                "histogram_quantile(0.99, sum by (le) (rate(icecube_x_seconds_bucket[1m])))"))
        .containsExactly("icecube_x_seconds_bucket");
  }

  @Test
  void aSelectorNamesItsLabels() {
    assertThat(PromqlNames.matched("sum(rate(a_total{reason=~\"B|C\", outcome!=\"x\"}[1m])) / b"))
        .isEqualTo(Map.of("a_total", Set.of("reason", "outcome")));
  }
}
