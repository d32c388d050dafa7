// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static icecube.otel.TelemetryFiles.map;
import static icecube.otel.TelemetryFiles.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the rules of Prometheus to the dictionary, and the alerts to {@code docs/FAILURES.md}. */
final class AlertRulesTest {
  private static final Pattern LIMIT = Pattern.compile("scalar\\(([\\w:]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^### (.+)$");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  static Stream<Map<String, Object>> alerts() {
    return TelemetryFiles.alerts().stream();
  }

  static Stream<Map<String, Object>> rules() {
    return Stream.concat(alerts(), TelemetryFiles.recordingRules().stream());
  }

  private static String page() {
    return text(TelemetryFiles.root().resolve("docs/FAILURES.md"));
  }

  /** The part of the page under {@code ## Alerts}. */
  private static String alertsPart() {
    String page = page();
    int begin = page.indexOf("## Alerts\n");
    assertThat(begin).as("## Alerts in docs/FAILURES.md").isNotNegative();
    return page.substring(begin, page.indexOf("\n## ", begin));
  }

  private static List<String> headings(String text) {
    return HEADING.matcher(text).results().map(heading -> heading.group(1)).toList();
  }

  private static String section(String alert) {
    String part = alertsPart();
    int begin = part.indexOf("### " + alert + "\n");
    if (begin < 0) {
      return "";
    }
    int end = part.indexOf("\n### ", begin);
    return end < 0 ? part.substring(begin) : part.substring(begin, end);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyMetricThatARuleNamesIsMadeBySomebody(Map<String, Object> rule) {
    assertThat(PromqlNames.of(text(rule, "expr")).isEmpty())
        .as("names nothing: " + rule)
        .isEqualTo(text(rule, "expr").startsWith("vector("));
    assertThat(TelemetryFiles.unknownNames(text(rule, "expr"))).as(rule.toString()).isEmpty();
    assertThat(TelemetryFiles.unknownLabels(text(rule, "expr"))).isEmpty();
  }

  @Test
  void noTwoRulesRecordTheSame() {
    assertThat(TelemetryFiles.recordingRules().stream().map(rule -> text(rule, "record")))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyRecordedNameIsAskedForByAnAlertOrAPanel() {
    Set<String> asked = new LinkedHashSet<>();
    alerts().forEach(alert -> asked.addAll(PromqlNames.of(text(alert, "expr"))));
    TelemetryFiles.dashboards().stream()
        .flatMap(dashboard -> TelemetryFiles.panels(dashboard).stream())
        .flatMap(panel -> TelemetryFiles.targets(panel).stream())
        .forEach(target -> asked.addAll(PromqlNames.of(text(target, "expr"))));
    assertThat(TelemetryFiles.recordingRules())
        .extracting(rule -> text(rule, "record"))
        .isSubsetOf(asked);
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void anAlertSaysHowMuchWhatWasExpectedAndWhatToDo(Map<String, Object> alert) {
    Map<String, Object> notes = map(alert, "annotations");
    assertThat(text(map(alert, "labels"), "severity")).isIn("page", "ticket");
    assertThat(text(notes, "summary")).contains("(expected: ");
    if (!Set.of("TargetDown", "CollectorDown", "NoTargets", "ModelUnhealthy", "RegistryUnreachable")
        .contains(text(alert, "alert"))) {
      assertThat(text(notes, "summary")).as("a value, where it is more than no").contains("$value");
    }
    assertThat(text(notes, "description").split(" ")).hasSizeGreaterThan(12);
    assertThat(text(notes, "runbook_url"))
        .isEqualTo("docs/FAILURES.md#" + text(alert, "alert").toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void theLinkOfAnAlertLeadsToASectionThatSaysWhatToDo(Map<String, Object> alert) {
    String section = section(text(alert, "alert"));
    assertThat(section.split("\\s+")).hasSizeGreaterThan(30);
    assertThat(section).contains("See:").contains("Do:");
    assertThat(section.substring(section.indexOf("Do:")))
        .as("the first command to type")
        .contains("`");
  }

  @Test
  void everySectionIsThatOfAnAlert() {
    assertThat(headings(alertsPart()))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            alerts().map(alert -> text(alert, "alert")).collect(Collectors.toSet()));
  }

  @Test
  void whatASectionQuotesIsAPanelADashboardOrAHeading() {
    Set<String> known = new LinkedHashSet<>(headings(page()));
    for (Map<String, Object> dashboard : TelemetryFiles.dashboards()) {
      known.add(text(dashboard, "title").replace("icecube: ", ""));
      TelemetryFiles.panels(dashboard).forEach(panel -> known.add(text(panel, "title")));
    }
    String prose = alertsPart().replaceAll("(?s)`[^`]*`", "").replaceAll("\\s+", " ");
    assertThat(QUOTED.matcher(prose).results().map(quoted -> quoted.group(1)))
        .isNotEmpty()
        .isSubsetOf(known);
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void aLimitOfAnAlertHasANameAndAValue(Map<String, Object> alert) {
    List<String> constants =
        TelemetryFiles.recordingRules().stream()
            .filter(rule -> text(rule, "expr").startsWith("vector("))
            .map(rule -> text(rule, "record"))
            .toList();
    assertThat(LIMIT.matcher(text(alert, "expr")).results().map(limit -> limit.group(1)))
        .isSubsetOf(constants)
        .allMatch(name -> name.endsWith(":limit"));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void anAlertHasATestThatMakesItFireAndOneThatDoesNot(Map<String, Object> alert) {
    String name = text(alert, "alert");
    List<String> expectations =
        TelemetryFiles.files("otel/prometheus/tests").stream()
            .flatMap(file -> Arrays.stream(text(file).split("(?m)^      - ")))
            .filter(
                part ->
                    part.contains("alertname=\"" + name + "\"")
                        || part.contains("alertname: " + name + "\n"))
            .toList();
    Pattern fires = Pattern.compile("exp_samples:\\s+- \\{labels: 'ALERTS|exp_labels");
    Pattern isQuiet = Pattern.compile("exp_(samples|alerts): \\[]");
    List<MatchResult> firing =
        expectations.stream().flatMap(part -> fires.matcher(part).results()).toList();
    assertThat(firing).as("makes it fire").isNotEmpty();
    // A test that names one of two series as firing has seen the other not fire.
    assertThat(
            expectations.stream().anyMatch(part -> isQuiet.matcher(part).find())
                || Set.of("CertificateExpiring", "RegistryUnreachable", "LogUnavailable")
                    .contains(name))
        .as("leaves it quiet")
        .isTrue();
  }
}
