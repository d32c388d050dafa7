// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static icecube.modelserver.ModelSignature.NONE;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A signature as a manifest writes it: a type and the axes of each tensor, {@code float32[batch,
 * rows, 6]}, where a name stands for any length. The first axis is the batch if it has the same
 * name in every tensor.
 *
 * @param inputs by name
 * @param outputs by name
 */
record SignatureText(
    @JsonProperty("inputs") Map<String, String> inputs,
    @JsonProperty("outputs") Map<String, String> outputs) {
  /**
   * How items differ in length.
   *
   * @param axis name of the axis along which they do
   * @param lengths the input that says how many of it belong to an item, or none
   * @param mask the input that is true for those that do, or none
   */
  record Ragged(
      @JsonProperty("axis") String axis,
      @JsonProperty("lengths") @Nullable String lengths,
      @JsonProperty("mask") @Nullable String mask) {}

  private static final Map<String, OipDatatype> DATATYPES =
      Map.ofEntries(
          Map.entry("float32", OipDatatype.FP32),
          Map.entry("float64", OipDatatype.FP64),
          Map.entry("float16", OipDatatype.FP16),
          Map.entry("bfloat16", OipDatatype.BF16),
          Map.entry("int8", OipDatatype.INT8),
          Map.entry("int16", OipDatatype.INT16),
          Map.entry("int32", OipDatatype.INT32),
          Map.entry("int64", OipDatatype.INT64),
          Map.entry("uint8", OipDatatype.UINT8),
          Map.entry("bool", OipDatatype.BOOL));

  private static final Pattern TENSOR = Pattern.compile("([a-z]+[0-9]*)\\[([^\\[\\]]*)]");
  private static final Pattern FIRST_AXIS_NAME =
      Pattern.compile("[a-z0-9]+\\[ *([a-zA-Z_][a-zA-Z0-9_]*) *[,\\]].*");

  private static final Pattern AXIS = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,62}|[0-9]{1,9}");

  SignatureText {
    inputs = Map.copyOf(required("signature.inputs", inputs));
    outputs = Map.copyOf(required("signature.outputs", outputs));
  }

  /**
   * {@code value}, which is what the manifest says in {@code field}.
   *
   * @throws IllegalArgumentException if it says nothing
   */
  static <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(field + ": missing (expected: a value)");
    }
    return value;
  }

  /**
   * The signature that is meant, inputs and outputs by name; that of a direction model needs no
   * {@code ragged}.
   *
   * @throws IllegalArgumentException if a text is none, or what is ragged is not there
   */
  ModelSignature parse(@Nullable Ragged ragged) {
    var plain =
        new ModelSignature(
            specs("inputs", inputs, ""), specs("outputs", outputs, ""), isBatched(), NONE, NONE);
    if (ragged == null) {
      return plain.ofDirections().orElse(plain);
    }
    var lengths = ragged.lengths();
    var mask = ragged.mask();
    if ((lengths == null) == (mask == null)) {
      throw new IllegalArgumentException(
          "ragged: lengths %s, mask %s (expected: one of them)".formatted(lengths, mask));
    }
    var specs = specs("inputs", inputs, required("ragged.axis", ragged.axis()));
    var signature =
        new ModelSignature(
            specs,
            plain.outputs(),
            plain.isBatched(),
            lengths == null ? NONE : indexOf(specs, "ragged.lengths", lengths),
            mask == null ? NONE : indexOf(specs, "ragged.mask", mask));
    requireShapes(signature);
    return signature.ofDirections().orElse(signature);
  }

  private static void requireShapes(ModelSignature signature) {
    if (signature.lengths() != NONE) {
      var spec = signature.inputs().get(signature.lengths());
      boolean isInteger =
          spec.datatype() == OipDatatype.INT64 || spec.datatype() == OipDatatype.INT32;
      if (!isInteger || spec.dims().size() != 1) {
        throw new IllegalArgumentException(
            "ragged.lengths: %s (expected: int64[batch] or int32[batch])".formatted(spec.text()));
      }
    } else {
      var spec = signature.inputs().get(signature.mask());
      boolean isOfRows = spec.raggedAxis() == 1 && spec.dims().size() == 2;
      boolean isNumber = spec.datatype().name().startsWith("INT");
      if (!isOfRows || (spec.datatype() != OipDatatype.BOOL && !isNumber)) {
        throw new IllegalArgumentException(
            "ragged.mask: %s (expected: bool or integers of [batch, the ragged axis])"
                .formatted(spec.text()));
      }
    }
  }

  private static int indexOf(List<TensorSpec> specs, String field, String name) {
    for (int index = 0; index < specs.size(); index++) {
      if (specs.get(index).name().equals(name)) {
        return index;
      }
    }
    throw new IllegalArgumentException(
        "%s: %s (expected: one of %s)"
            .formatted(field, name, specs.stream().map(TensorSpec::name).toList()));
  }

  private boolean isBatched() {
    var names =
        Stream.concat(inputs.values().stream(), outputs.values().stream())
            .map(SignatureText::firstAxisName)
            .collect(Collectors.toSet());
    return names.size() == 1 && !names.contains("");
  }

  /** The name of the first axis; empty if it has none. */
  private static String firstAxisName(String text) {
    var axis = FIRST_AXIS_NAME.matcher(text);
    return axis.matches() ? axis.group(1) : "";
  }

  private static List<TensorSpec> specs(String kind, Map<String, String> texts, String raggedAxis) {
    var specs = new ArrayList<TensorSpec>();
    texts.keySet().stream()
        .sorted()
        .forEach(
            name -> {
              String field = "signature." + kind + "." + name;
              specs.add(spec(field, name, String.valueOf(texts.get(name)), raggedAxis));
            });
    if (!raggedAxis.isEmpty() && specs.stream().noneMatch(TensorSpec::isRagged)) {
      throw new IllegalArgumentException(
          "ragged.axis: %s (expected: an axis of an input, not the first)".formatted(raggedAxis));
    }
    return specs;
  }

  private static TensorSpec spec(String field, String name, String text, String raggedAxis) {
    var tensor = TENSOR.matcher(text);
    var datatype = tensor.matches() ? DATATYPES.get(tensor.group(1)) : null;
    if (datatype == null) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a type and axes, such as float32[batch, rows, 6]; types: %s)"
              .formatted(field, text, DATATYPES.keySet().stream().sorted().toList()));
    }
    var dims = new ArrayList<Long>();
    int ragged = TensorSpec.NOT_RAGGED;
    String[] axes = tensor.group(2).isBlank() ? new String[0] : tensor.group(2).split(",", -1);
    for (int axis = 0; axis < axes.length; axis++) {
      String length = axes[axis].strip();
      if (!AXIS.matcher(length).matches()) {
        throw new IllegalArgumentException(
            "%s: axis %d of %s (expected: a number or a name)".formatted(field, axis, text));
      }
      boolean isNumber = Character.isDigit(length.charAt(0));
      dims.add(isNumber ? Long.parseLong(length) : TensorSpec.ANY);
      if (axis > 0 && length.equals(raggedAxis)) {
        if (ragged != TensorSpec.NOT_RAGGED) {
          throw new IllegalArgumentException(
              "%s: %s twice in %s (expected: once)".formatted(field, raggedAxis, text));
        }
        ragged = axis;
      }
    }
    return new TensorSpec(name, datatype, dims, ragged);
  }
}
