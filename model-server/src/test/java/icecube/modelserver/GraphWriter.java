// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Small ONNX graphs for tests, written field by field as onnx.proto numbers them. */
final class GraphWriter {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int STRING = 8;
  private static final int BOOL = 9;

  private final UnknownFieldSet.Builder graph = UnknownFieldSet.newBuilder();

  GraphWriter() {
    add(graph, 2, text("test"));
  }

  /** An input, its type and axes as manifests write them: {@code float32[batch, 4]}. */
  GraphWriter input(String name, String type) {
    add(graph, 11, tensor(name, type));
    return this;
  }

  GraphWriter output(String name, String type) {
    add(graph, 12, tensor(name, type));
    return this;
  }

  /** {@code output = operation(inputs)}. */
  GraphWriter node(String operation, String output, String... inputs) {
    add(graph, 1, node(operation, output, List.of(inputs)).build().toByteString());
    return this;
  }

  /** {@code output = sum of input over axis}, without that axis. */
  GraphWriter sum(String output, String input, int axis) {
    var node = node("ReduceSum", output, List.of(input));
    var axes = attribute("axes", 7);
    addNumber(axes, 8, axis);
    add(node, 5, axes.build().toByteString());
    var keep = attribute("keepdims", 2);
    addNumber(keep, 3, 0);
    add(node, 5, keep.build().toByteString());
    add(graph, 1, node.build().toByteString());
    return this;
  }

  /** {@code outputs = input cut along axis 1} into parts of these lengths. */
  GraphWriter split(String input, int[] lengths, String... outputs) {
    var node = node("Split", outputs[0], List.of(input));
    for (int output = 1; output < outputs.length; output++) {
      add(node, 2, text(outputs[output]));
    }
    var axis = attribute("axis", 2);
    addNumber(axis, 3, 1);
    add(node, 5, axis.build().toByteString());
    var parts = attribute("split", 7);
    for (int length : lengths) {
      addNumber(parts, 8, length);
    }
    add(node, 5, parts.build().toByteString());
    add(graph, 1, node.build().toByteString());
    return this;
  }

  /** The file. */
  byte[] write() {
    var opset = UnknownFieldSet.newBuilder();
    addNumber(opset, 2, 11);
    var model = UnknownFieldSet.newBuilder();
    addNumber(model, 1, 6);
    add(model, 8, opset.build().toByteString());
    add(model, 7, graph.build().toByteString());
    return model.build().toByteArray();
  }

  private static UnknownFieldSet.Builder node(
      String operation, String output, List<String> inputs) {
    var node = UnknownFieldSet.newBuilder();
    inputs.forEach(input -> add(node, 1, text(input)));
    add(node, 2, text(output));
    add(node, 4, text(operation));
    return node;
  }

  private static UnknownFieldSet.Builder attribute(String name, int type) {
    var attribute = UnknownFieldSet.newBuilder();
    add(attribute, 1, text(name));
    addNumber(attribute, 20, type);
    return attribute;
  }

  private static ByteString tensor(String name, String type) {
    String element = type.substring(0, type.indexOf('['));
    String axes = type.substring(type.indexOf('[') + 1, type.indexOf(']'));
    var shape = UnknownFieldSet.newBuilder();
    for (String axis : axes.isEmpty() ? new String[0] : axes.split(", *", -1)) {
      var dim = UnknownFieldSet.newBuilder();
      if (Character.isDigit(axis.charAt(0))) {
        addNumber(dim, 1, Long.parseLong(axis));
      } else {
        add(dim, 2, text(axis));
      }
      add(shape, 1, dim.build().toByteString());
    }
    var tensor = UnknownFieldSet.newBuilder();
    addNumber(tensor, 1, elementType(element));
    add(tensor, 2, shape.build().toByteString());
    var holder = UnknownFieldSet.newBuilder();
    add(holder, 1, tensor.build().toByteString());
    var info = UnknownFieldSet.newBuilder();
    add(info, 1, text(name));
    add(info, 2, holder.build().toByteString());
    return info.build().toByteString();
  }

  private static int elementType(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "float32" -> FLOAT;
      case "int64" -> INT64;
      case "string" -> STRING;
      case "bool" -> BOOL;
      default -> throw new IllegalArgumentException("type: " + name);
    };
  }

  private static ByteString text(String text) {
    return ByteString.copyFrom(text, StandardCharsets.UTF_8);
  }

  private static void add(UnknownFieldSet.Builder message, int field, ByteString value) {
    message.mergeField(field, Field.newBuilder().addLengthDelimited(value).build());
  }

  private static void addNumber(UnknownFieldSet.Builder message, int field, long value) {
    message.mergeField(field, Field.newBuilder().addVarint(value).build());
  }
}
