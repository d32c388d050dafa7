// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static icecube.otel.TelemetryFiles.map;
import static icecube.otel.TelemetryFiles.number;
import static icecube.otel.TelemetryFiles.panels;
import static icecube.otel.TelemetryFiles.targets;
import static icecube.otel.TelemetryFiles.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the dashboards to the dictionary and to what a person at 3 a.m. needs. */
final class DashboardsTest {
  /** Columns of Grafana's grid. */
  private static final int WIDTH = 24;

  static Stream<Map<String, Object>> dashboards() {
    return TelemetryFiles.dashboards().stream();
  }

  static Stream<Map<String, Object>> panelsOfAll() {
    return dashboards().flatMap(dashboard -> panels(dashboard).stream());
  }

  @Test
  void thereAreFourAndNoTwoAreTheSame() {
    assertThat(dashboards().map(dashboard -> text(dashboard, "title")))
        .containsExactlyInAnyOrder(
            "icecube: Mesh", "icecube: Model server", "icecube: Stream", "icecube: Heartbeats");
    assertThat(dashboards().map(dashboard -> text(dashboard, "uid"))).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void noTwoPanelsOfADashboardHaveOneIdTitleOrPlace(Map<String, Object> dashboard) {
    List<Map<String, Object>> all =
        TelemetryFiles.list(dashboard, "panels").stream().map(TelemetryFiles::map).toList();
    assertThat(all.stream().map(panel -> panel.get("id"))).doesNotHaveDuplicates();
    assertThat(all.stream().map(panel -> panel.get("title"))).doesNotHaveDuplicates();
    Set<String> cells = new HashSet<>();
    for (Map<String, Object> panel : all) {
      Map<String, Object> place = map(panel, "gridPos");
      int x = number(place, "x");
      int y = number(place, "y");
      assertThat(x + number(place, "w")).isLessThanOrEqualTo(WIDTH);
      for (int column = x; column < x + number(place, "w"); column++) {
        for (int line = y; line < y + number(place, "h"); line++) {
          assertThat(cells.add(column + " " + line)).as(panel.get("title") + " overlaps").isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void healthStandsFirst(Map<String, Object> dashboard) {
    assertThat(panels(dashboard).stream().limit(6).map(panel -> panel.get("type")))
        .hasSize(6)
        .containsOnly("stat");
  }

  @ParameterizedTest
  @MethodSource("panelsOfAll")
  void aPanelHasAQueryAUnitADescriptionAndALegend(Map<String, Object> panel) {
    String title = text(panel, "title");
    assertThat(targets(panel)).as(title).isNotEmpty();
    assertThat(targets(panel).stream().map(target -> text(target, "refId")))
        .doesNotHaveDuplicates();
    assertThat(targets(panel)).as(title).allMatch(target -> !text(target, "expr").isBlank());
    assertThat(targets(panel))
        .as(title)
        .allMatch(target -> !text(target, "legendFormat").isBlank());
    assertThat(text(panel, "description")).as(title).endsWith(".");
    assertThat(text(map(map(panel, "fieldConfig"), "defaults"), "unit")).as(title).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("panelsOfAll")
  void everyMetricThatAPanelNamesIsMadeBySomebody(Map<String, Object> panel) {
    for (Map<String, Object> target : targets(panel)) {
      String promql = text(target, "expr");
      assertThat(PromqlNames.of(promql)).as(promql).isNotEmpty();
      assertThat(TelemetryFiles.unknownNames(promql)).as(promql).isEmpty();
      assertThat(TelemetryFiles.unknownLabels(promql)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("panelsOfAll")
  void aPanelAsksTheDataSourceThatIsProvisioned(Map<String, Object> panel) {
    String provisioned =
        text(TelemetryFiles.root().resolve("otel/grafana/provisioning/datasources/icecube.yaml"));
    assertThat(provisioned).contains("uid: " + text(map(panel, "datasource"), "uid") + "\n");
  }
}
