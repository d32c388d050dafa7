// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class MetricDictionaryTest {
  private static final Pattern OURS = Pattern.compile("icecube_[a-z]+_[a-z0-9_]*[a-z0-9]");
  private static final Set<String> LABELS =
      Set.of(
          "partition",
          "model",
          "model_version",
          "reason",
          "outcome",
          "kind",
          "state",
          "level",
          "instance_id",
          "version",
          "java");

  private final MetricDictionary dictionary = MetricDictionary.ofThisBuild();

  @Test
  void ourNamesFollowTheRule() {
    assertThat(ours()).hasSizeGreaterThan(80).allMatch(each -> OURS.matcher(each.name()).matches());
  }

  @Test
  void everyCounterAndNoOtherEndsInTotal() {
    assertThat(dictionary.entries())
        .allMatch(
            each -> each.name().endsWith("_total") == (each.type() == MetricEntry.Type.COUNTER));
  }

  @Test
  void whatMeasuresTimesOrBytesSaysSoInItsName() {
    for (String unit : List.of("seconds", "bytes")) {
      assertThat(dictionary.entries())
          .filteredOn(each -> each.unit().equals(unit))
          .allMatch(each -> each.name().contains("_" + unit));
    }
  }

  @Test
  void ourLabelsAreFewAndNeverAnEvent() {
    assertThat(ours()).allMatch(each -> LABELS.containsAll(each.labels()));
  }

  @Test
  void everyMeaningIsOneSentenceWithoutAPoint() {
    assertThat(dictionary.entries())
        .allMatch(each -> each.meaning().length() <= 120 && !each.meaning().endsWith("."));
  }

  @Test
  void timesBeginBelowAMillisecond() {
    assertThat(dictionary.entry("icecube_modelserver_queue_wait_seconds").buckets().get(0))
        .isEqualTo(0.0001);
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatThrownBy(() -> dictionary.entry("icecube_consumer_events_lost_total"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("icecube_consumer_events_lost_total")
        .hasMessageContaining("otel/metrics.yaml");
  }

  @Test
  void aNameThatStandsTwiceIsRefused() {
    assertThatThrownBy(() -> read(line("a_total", "counter") + line("a_total", "counter")))
        .hasMessageContaining("a_total, twice");
  }

  @Test
  void aHistogramWithoutBucketsIsRefused() {
    assertThatThrownBy(() -> read(line("a_seconds", "histogram"))).hasMessageContaining("buckets");
  }

  @Test
  void bucketsThatDoNotRiseAreRefused() {
    assertThatThrownBy(
            () -> read(line("a_seconds", "histogram").replace(" }", ", buckets: wrong }")))
        .hasMessageContaining("rising");
  }

  @Test
  void aMissingFieldIsNamed() {
    assertThatThrownBy(() -> read("  - { name: a_total, type: counter }\n"))
        .hasMessageContaining("unit: none");
  }

  private List<MetricEntry> ours() {
    return dictionary.entries().stream()
        .filter(each -> each.name().startsWith("icecube_"))
        .toList();
  }

  private static String line(String name, String type) {
    return "  - { name: %s, type: %s, unit: seconds, room: otel, meaning: what it is }\n"
        .formatted(name, type);
  }

  private static MetricDictionary read(String metrics) {
    String text = "buckets:\n  wrong: [2, 1]\nmetrics:\n" + metrics;
    return MetricDictionary.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }
}
