// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a sink to MLflow is told.
 *
 * @param stream the name of the stream, which its run is known by
 * @param experiment where its runs are kept
 * @param window how long one window lasts: 0.1 s to 1 h
 * @param icecubeVersion noted beside the figures
 */
public record SinkSettings(
    MlflowServer server, String stream, String experiment, Duration window, String icecubeVersion) {
  public static final String EXPERIMENT = "icecube";
  public static final Duration WINDOW = Duration.ofSeconds(60);

  public SinkSettings {
    requireNonNull(server, "server");
    requireNonNull(icecubeVersion, "icecubeVersion");
    // Both stand in MLflow's filters, between quotes.
    requireName("stream", stream);
    requireName("experiment", experiment);
    if (window.compareTo(Duration.ofMillis(100)) < 0 || window.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("window: " + window + " (expected: PT0.1S..PT1H)");
    }
  }

  private static void requireName(String name, String value) {
    if (value.isBlank() || value.indexOf('\'') >= 0 || value.length() > 200) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: 1..200 characters without ')");
    }
  }
}
