// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static icecube.modelserver.SignatureText.required;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import icecube.physics.FeatureTable;
import icecube.proto.FeatureCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code model.yaml} beside a model: what it is and what it promises. A field that
 * is missing, unknown or out of range is an error.
 *
 * @param name lower-case letters, digits and hyphens; the name of the outer folder
 * @param version the name of the inner folder
 * @param description one sentence for people
 * @param featureVersion definition of the features a direction model reads; none for another
 * @param rowCountMax most rows of one item a ragged model reads; none for another
 * @param rowCountStep ratio of the lengths that events of a direction model are padded to; none if
 *     only events of equal length run together
 * @param sha256 of {@code model.onnx}, 64 lower-case hex digits
 * @param signature what goes in and comes out
 * @param ragged how the items of a model differ in length that is no direction model; none if they
 *     do not
 * @param manifestSha256 of all lines above it, as the last line; none if nobody sealed the manifest
 */
record ModelManifest(
    @JsonProperty("name") String name,
    @JsonProperty("version") String version,
    @JsonProperty("description") String description,
    @JsonProperty("feature_version") @Nullable Integer featureVersion,
    @JsonProperty("row_count_max") @Nullable Integer rowCountMax,
    @JsonProperty("row_count_step") @Nullable Double rowCountStep,
    @JsonProperty("sha256") String sha256,
    @JsonProperty("signature") SignatureText signature,
    @JsonProperty("ragged") SignatureText.@Nullable Ragged ragged,
    @JsonProperty("manifest_sha256") @Nullable String manifestSha256) {

  /** A manifest is a page of text; more is a mistake. */
  static final int SIZE_BYTES_MAX = 64 << 10;

  /** The most rows of one item of a ragged model that is no direction model. */
  static final int ROW_COUNT_MAX = 65_536;

  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  private static final ObjectReader READER =
      new YAMLMapper(
              YAMLFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .readerFor(ModelManifest.class);

  ModelManifest {
    requireMatch("name", name, NAME);
    requireMatch("version", version, VERSION);
    required("description", description);
    requireMatch("sha256", sha256, SHA_256);
    required("signature", signature);
    var stated = signature.parse(ragged);
    if (stated.isOfDirections()) {
      requireIn("feature_version", featureVersion, FeatureTable.VERSION, FeatureTable.VERSION);
    } else {
      requireNone("feature_version", featureVersion, "no direction model: " + stated);
    }
    if (stated.isRagged()) {
      int max = stated.isOfDirections() ? FeatureCodec.ROW_COUNT_MAX : ROW_COUNT_MAX;
      requireIn("row_count_max", rowCountMax, 1, max);
    } else {
      requireNone("row_count_max", rowCountMax, "no ragged model: " + stated);
    }
    if (!stated.isOfDirections()) {
      requireNone("row_count_step", rowCountStep, "no direction model: " + stated);
    } else if (rowCountStep != null) {
      RowLadder.of(rowCountStep, rowCountMaxOrOne());
    }
  }

  /** The most rows of one item; 1 if items do not differ. */
  int rowCountMaxOrOne() {
    return rowCountMax == null ? 1 : rowCountMax;
  }

  /** What events are padded to. */
  RowLadder rowLadder() {
    return rowCountStep == null ? RowLadder.EVERY : RowLadder.of(rowCountStep, rowCountMaxOrOne());
  }

  /**
   * The signature of {@code graph} with what is ragged.
   *
   * @throws PredictorException if the graph's is not the one stated here
   */
  ModelSignature of(ModelSignature graph) {
    var stated = signature.parse(ragged);
    if (!graph.hasTensorsOf(stated)) {
      throw new PredictorException(
          "signature: %s (expected: as in model.onnx, %s)".formatted(stated, graph));
    }
    // A direction model's tensors are counted in the order that DirectionTask does.
    return graph.isOfDirections() ? graph : graph.withRaggedAxisOf(stated);
  }

  /**
   * The manifest that the bytes of a {@code model.yaml} are.
   *
   * @throws PredictorException if they are no YAML, wrong in a field, or sealed and changed since
   */
  static ModelManifest parse(byte[] yaml) {
    try {
      @Nullable ModelManifest manifest = READER.readValue(yaml);
      if (manifest == null) {
        throw new PredictorException("model.yaml: empty (expected: a manifest)");
      }
      requireUnchanged(yaml, manifest.manifestSha256);
      return manifest;
    } catch (JsonProcessingException e) {
      throw new PredictorException("model.yaml: " + rootMessage(e), e);
    } catch (IOException e) {
      throw new PredictorException("model.yaml: " + e.getMessage() + " (expected: readable)", e);
    }
  }

  /** Whoever mentions the seal is held to it: damage must not turn it into a comment. */
  private static void requireUnchanged(byte[] yaml, @Nullable String stated) {
    if (stated == null && !new String(yaml, UTF_8).contains("manifest_sha256")) {
      return;
    }
    byte[] seal = ("manifest_sha256: " + stated + "\n").getBytes(UTF_8);
    int above = Math.max(0, yaml.length - seal.length);
    String sum = ModelLoader.sha256(Arrays.copyOf(yaml, above));
    boolean isLast = Arrays.equals(yaml, above, yaml.length, seal, 0, seal.length);
    if (!isLast || !sum.equals(stated)) {
      throw new PredictorException(
          "manifest_sha256: %s (expected: %s, the sum of all lines above it, as the last line)"
              .formatted(stated, sum));
    }
  }

  /** What this record's own checks said, else what the parser said with the field it meant. */
  private static String rootMessage(JsonProcessingException e) {
    if (e.getCause() instanceof IllegalArgumentException wrong) {
      return firstLine(wrong);
    }
    return e instanceof JsonMappingException mapping
        ? fieldOf(mapping) + firstLine(e)
        : firstLine(e);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }

  /** The field's dotted path and a colon, or nothing if the whole file is meant. */
  private static String fieldOf(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(step -> String.valueOf(step.getFieldName()))
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "" : path + ": ";
  }

  private static void requireMatch(String field, @Nullable String value, Pattern pattern) {
    if (!pattern.matcher(required(field, value)).matches()) {
      throw wrong(field, value, pattern.pattern());
    }
  }

  private static IllegalArgumentException wrong(
      String field, @Nullable Object value, String expected) {
    return new IllegalArgumentException(field + ": " + value + " (expected: " + expected + ")");
  }

  private static void requireIn(String field, @Nullable Integer value, int min, int max) {
    int given = required(field, value);
    if (given < min || given > max) {
      throw wrong(field, given, min == max ? Integer.toString(min) : min + ".." + max);
    }
  }

  private static void requireNone(String field, @Nullable Number value, String why) {
    if (value != null) {
      throw wrong(field, value, "none, as it is " + why);
    }
  }
}
