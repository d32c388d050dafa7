// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code labels.yaml} beside the versions of a model: which of them answers a
 * request that names none. Every field may be left out.
 *
 * <pre>
 *   champion: "3"         # answers; else the newest that is ready
 *   canary: "4"           # answers instead, for
 *   canary_percent: 10    # so many of a hundred requests
 *   shadow: "5"           # is asked too, and nobody hears its answer,
 *   shadow_percent: 20    # so many of a hundred requests; 100 if left out
 * </pre>
 *
 * @param champion version that answers
 * @param canary version that answers some requests in its place
 * @param canaryPercent how many of a hundred, 0..100
 * @param shadow version whose answers are only compared
 * @param shadowPercent of how many of a hundred requests, 0..100; null for all
 */
record ModelLabels(
    @JsonProperty("champion") @Nullable String champion,
    @JsonProperty("canary") @Nullable String canary,
    @JsonProperty("canary_percent") int canaryPercent,
    @JsonProperty("shadow") @Nullable String shadow,
    @JsonProperty("shadow_percent") @Nullable Integer shadowPercent) {

  /** No label: the newest version that is ready answers. */
  static final ModelLabels NONE = new ModelLabels(null, null, 0, null, null);

  private static final ObjectReader READER =
      new YAMLMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .readerFor(ModelLabels.class);

  ModelLabels {
    requireVersion("champion", champion);
    requireVersion("canary", canary);
    requireVersion("shadow", shadow);
    if (canaryPercent < 0 || canaryPercent > 100) {
      throw new IllegalArgumentException(
          "canary_percent: " + canaryPercent + " (expected: 0..100)");
    }
    if (shadowPercent != null && (shadowPercent < 0 || shadowPercent > 100)) {
      throw new IllegalArgumentException(
          "shadow_percent: " + shadowPercent + " (expected: 0..100)");
    }
    if (shadowPercent != null && shadow == null) {
      throw new IllegalArgumentException("shadow: missing (expected: a version, with a percent)");
    }
    if (canaryPercent > 0 && canary == null) {
      throw new IllegalArgumentException("canary: missing (expected: a version, with a percent)");
    }
  }

  /**
   * The labels that the bytes of a {@code labels.yaml} are.
   *
   * @throws PredictorException if they are no YAML, or wrong in a field
   */
  static ModelLabels parse(byte[] yaml) {
    try {
      @Nullable ModelLabels labels = READER.readValue(yaml);
      return labels == null ? NONE : labels;
    } catch (JsonProcessingException e) {
      var why = e.getCause() instanceof IllegalArgumentException wrong ? wrong : e;
      String line = String.valueOf(why.getMessage()).lines().findFirst().orElse("unreadable");
      throw new PredictorException("labels.yaml: " + line, e);
    } catch (IOException e) {
      throw new PredictorException("labels.yaml: " + e.getMessage() + " (expected: readable)", e);
    }
  }

  /** The version that {@code label} stands on; empty if it is on none, or no label. */
  Optional<String> version(String label) {
    return switch (label) {
      case "champion" -> Optional.ofNullable(champion);
      case "canary" -> Optional.ofNullable(canary);
      case "shadow" -> Optional.ofNullable(shadow);
      default -> Optional.empty();
    };
  }

  private static void requireVersion(String field, @Nullable String version) {
    if (version != null && !ModelManifest.VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException(
          field + ": " + version + " (expected: " + ModelManifest.VERSION + ")");
    }
  }
}
