// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.ByteString;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.InferParameter;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a request of tensors may say, and what it is told when it says something else. */
final class OipRequestDecoderTest {
  @ParameterizedTest
  @EnumSource(value = OipDatatype.class, names = "BYTES", mode = EnumSource.Mode.EXCLUDE)
  void rawElementsOfEveryTypeComeOutAsTheyWere(OipDatatype type) {
    byte[] bytes = new byte[6 * type.sizeBytes()];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) (type == OipDatatype.BOOL ? at % 2 : 37 * at + 1);
    }
    var tensor = decode(raw(input("x", type.name(), 2, 3), ByteString.copyFrom(bytes)), "x");

    assertThat(tensor.datatype()).isEqualTo(type);
    assertThat(tensor.shapeText()).isEqualTo("[2, 3]");
    assertThat(tensor.elementCount()).isEqualTo(6);
    assertThat(written(tensor, 0, 6)).isEqualTo(bytes);
    assertThat(written(tensor, 2, 3))
        .isEqualTo(Arrays.copyOfRange(bytes, 2 * type.sizeBytes(), 5 * type.sizeBytes()));
  }

  @Test
  void typedElementsOfEveryTypeComeOutLittleEndian() {
    assertTyped("BOOL", contents().addBoolContents(true).addBoolContents(false), "0100");
    assertTyped("UINT8", contents().addUintContents(255).addUintContents(1), "ff01");
    assertTyped("UINT16", contents().addUintContents(65_535).addUintContents(1), "ffff0100");
    assertTyped("UINT32", contents().addUintContents(-1).addUintContents(1), "ffffffff01000000");
    assertTyped(
        "UINT64",
        contents().addUint64Contents(-1).addUint64Contents(1),
        "ffffffffffffffff0100000000000000");
    assertTyped("INT8", contents().addIntContents(-128).addIntContents(127), "807f");
    assertTyped("INT16", contents().addIntContents(-32_768).addIntContents(2), "00800200");
    assertTyped("INT32", contents().addIntContents(-2).addIntContents(3), "feffffff03000000");
    assertTyped(
        "INT64",
        contents().addInt64Contents(-2).addInt64Contents(3),
        "feffffffffffffff0300000000000000");
    assertTyped("FP32", contents().addFp32Contents(1).addFp32Contents(-2), "0000803f000000c0");
    assertTyped(
        "FP64",
        contents().addFp64Contents(1).addFp64Contents(-2),
        "000000000000f03f00000000000000c0");
  }

  @Test
  void integersCanBeReadOneByOneRawOrTyped() {
    var raw = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(7).putLong(-1).array();
    var longs = decode(raw(input("n", "INT64", 2), ByteString.copyFrom(raw)), "n");
    var ints =
        decode(typed(input("n", "INT32", 2), contents().addIntContents(5).addIntContents(-6)), "n");

    assertThat(longs.integer(0)).isEqualTo(7);
    assertThat(longs.integer(1)).isEqualTo(-1);
    assertThat(ints.integer(0)).isEqualTo(5);
    assertThat(ints.integer(1)).isEqualTo(-6);
    assertThatThrownBy(() -> decode(raw(input("n", "FP32"), bytes(4)), "n").integer(0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void stringsAreTakenRawOrTyped() {
    var raw = strings("ab", "", "cde");
    assertThat(decode(raw(input("s", "BYTES", 3), raw), "s").elementCount()).isEqualTo(3);
    var contents = contents().addBytesContents(ByteString.copyFromUtf8("ab"));
    assertThat(decode(typed(input("s", "BYTES", 1), contents), "s").elementCount()).isEqualTo(1);
    assertThat(decode(raw(input("s", "BYTES", 0), ByteString.EMPTY), "s").elementCount()).isZero();
  }

  @Test
  void stringsMustFillTheirBytesExactly() {
    var two = strings("ab", "c");
    assertRefused(
        raw(input("s", "BYTES", 3), two),
        "inputs[s]: element 2 of 3 begins 0 bytes before the end (expected: a length of 4 bytes)");
    assertRefused(
        raw(input("s", "BYTES", 1), two), "inputs[s]: 5 bytes after element 0 (expected: none)");
    assertRefused(
        raw(input("s", "BYTES", 2), two.substring(0, 10)),
        "inputs[s]: element 1 says 1 bytes (expected: at most 0, what is left)");
    assertRefused(
        raw(input("s", "BYTES", 1), ByteString.fromHex("ffffffff00")),
        "inputs[s]: element 0 says 4294967295 bytes (expected: at most 1, what is left)");
  }

  @Test
  void rawBytesMustBeAsManyAsTheShapeSays() {
    for (int there : List.of(0, 23, 25)) {
      assertRefused(
          raw(input("x", "FP32", 2, 3), bytes(there)),
          "inputs[x]: %d bytes in raw_input_contents (expected: 24, 6 elements of FP32)"
              .formatted(there));
    }
    // What docs/FAILURES.md calls TENSORS_INVALID.
    assertThat(refusal(raw(input("x", "FP32", 2), bytes(4))).reason())
        .isEqualTo(Reason.REASON_TENSORS_INVALID);
  }

  @Test
  void aTensorIsRawOrTypedNeverBoth() {
    var both = raw(input("x", "FP32", 1).setContents(contents().addFp32Contents(1)), bytes(4));
    assertRefused(
        both, "inputs[x].contents: set beside raw_input_contents (expected: only one of them)");

    var oneRaw =
        ModelInferRequest.newBuilder()
            .addInputs(input("x", "FP32", 1))
            .addInputs(input("y", "FP32", 1).setContents(contents().addFp32Contents(1)))
            .addRawInputContents(bytes(4))
            .build();
    assertRefused(oneRaw, "raw_input_contents: 1 (expected: 2, one for each input, or none)");
  }

  @Test
  void typedElementsMustBeAsManyAsTheShapeSaysAndOfItsType() {
    assertRefused(
        typed(input("x", "FP32", 2), contents().addFp32Contents(1)),
        "inputs[x]: 1 elements of FP32 in contents (expected: 2)");
    assertRefused(
        typed(input("x", "FP32", 1), contents().addFp64Contents(1)),
        "inputs[x]: 0 elements of FP32 in contents (expected: 1)");
    assertRefused(
        typed(input("x", "FP32", 1), contents().addFp32Contents(1).addFp64Contents(1)),
        "inputs[x]: 1 elements in lists of other types (expected: only those of FP32)");
    assertRefused(
        typed(input("x", "FP16", 1), contents()),
        "inputs[x]: FP16 without raw_input_contents (expected: raw, as it has no list in"
            + " contents)");
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, 128, -128..127",
    "INT8, -129, -128..127",
    "INT16, 32768, -32768..32767",
    "UINT8, 256, 0..255",
    "UINT16, 65536, 0..65535",
    "UINT16, -1, 0..65535"
  })
  void aTypedElementMustFitItsNarrowType(String type, int value, String range) {
    var contents =
        type.startsWith("U") ? contents().addUintContents(value) : contents().addIntContents(value);
    assertRefused(
        typed(input("x", type, 1), contents),
        "inputs[x]: %d at element 0 (expected: %s, as %s)"
            .formatted(type.startsWith("U") ? Integer.toUnsignedLong(value) : value, range, type));
  }

  @Test
  void aRawBooleanIsZeroOrOne() {
    assertRefused(
        raw(input("b", "BOOL", 2), ByteString.copyFrom(new byte[] {1, (byte) 0xff})),
        "inputs[b]: byte 255 of element 1 (expected: 0 or 1)");
  }

  @Test
  void whatIsWrongWithAnInputIsNamed() {
    assertRefused(ModelInferRequest.getDefaultInstance(), "inputs: 0 (expected: 1..64)");
    assertRefused(
        raw(input("x", "FLOAT", 1), bytes(4)),
        "inputs[x].datatype: FLOAT (expected: BOOL, UINT8..UINT64, INT8..INT64, FP16, BF16, FP32,"
            + " FP64 or BYTES)");
    assertRefused(
        raw(input("x", "FP32", 2, -1), bytes(4)),
        "inputs[x].shape: -1 in [2, -1] (expected: 0..2147483647)");
    assertRefused(
        raw(input("x", "INT8", 65_536, 65_536), bytes(4)),
        "inputs[x].shape: [65536, 65536] (expected: at most 2147483647 elements)");
    assertRefused(
        raw(input("x", "INT8", Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE), bytes(4)),
        "inputs[x].shape: 9223372036854775807 in [9223372036854775807, 9223372036854775807,"
            + " 9223372036854775807] (expected: 0..2147483647)");
    assertRefused(
        raw(input("x", "INT8", 1, 1, 1, 1, 1, 1, 1, 1, 1), bytes(1)),
        "inputs[x].shape: 9 axes (expected: at most 8)");
    var twice =
        ModelInferRequest.newBuilder()
            .addInputs(input("x", "INT8", 1))
            .addInputs(input("x", "INT8", 1))
            .addRawInputContents(bytes(1))
            .addRawInputContents(bytes(1))
            .build();
    assertRefused(twice, "inputs[x]: twice (expected: each input once)");
    // The reason is TENSORS_INVALID.
    assertThat(refusal(twice).reason()).isEqualTo(Reason.REASON_TENSORS_INVALID);
  }

  @Test
  void aRequestHasAsManyTensorsAsTheLimitAllows() {
    var request = ModelInferRequest.newBuilder();
    var outputs = ModelInferRequest.newBuilder();
    for (int index = 0; index < OipRequestDecoder.TENSOR_COUNT_MAX; index++) {
      request.addInputs(input("x" + index, "INT8", 1)).addRawInputContents(bytes(1));
      outputs.addOutputs(output("y" + index));
    }
    assertThat(OipRequestDecoder.inputs(request.build())).hasSize(64);
    assertThat(OipRequestDecoder.outputs(outputs.build())).hasSize(64);

    request.addInputs(input("x", "INT8", 1)).addRawInputContents(bytes(1));
    assertRefused(request.build(), "inputs: 65 (expected: 1..64)");
    assertThatThrownBy(() -> OipRequestDecoder.outputs(outputs.addOutputs(output("y")).build()))
        .hasMessage("outputs: 65 (expected: at most 64)");
  }

  @Test
  void outputsAreWantedOnceEachInTheirOrder() {
    var names = new ArrayList<String>();
    for (int index = 9; index >= 0; index--) {
      names.add("output-" + index);
    }
    var request = ModelInferRequest.newBuilder();
    names.forEach(name -> request.addOutputs(output(name)));
    assertThat(OipRequestDecoder.outputs(request.build())).containsExactlyElementsOf(names);

    assertThatThrownBy(
            () -> OipRequestDecoder.outputs(request.addOutputs(output("output-3")).build()))
        .hasMessage("outputs[output-3]: twice (expected: each output once)");
  }

  @Test
  void sharedMemoryAndClassificationAreNotSupported() {
    var region = InferParameter.newBuilder().setStringParam("region").build();
    var shared = input("x", "FP32", 1).putParameters("shared_memory_region", region);
    var classified = output("y").putParameters("classification", region);
    var sharedOutput = output("y").putParameters("shared_memory_byte_size", region);

    // As clients send it: the other inputs are raw.
    var request =
        ModelInferRequest.newBuilder()
            .addInputs(shared)
            .addInputs(input("y", "FP32", 1))
            .addRawInputContents(bytes(4));
    var refused = refusal(request.build());
    assertThat(refused.reason()).isEqualTo(Reason.REASON_UNSUPPORTED); // UNSUPPORTED
    assertThat(refused).hasMessageContaining("inputs[x].parameters[shared_memory_region]: set");
    for (var output : List.of(classified, sharedOutput)) {
      assertThatThrownBy(
              () ->
                  OipRequestDecoder.outputs(
                      ModelInferRequest.newBuilder().addOutputs(output).build()))
          .asInstanceOf(type(ReasonException.class))
          .returns(Reason.REASON_UNSUPPORTED, ReasonException::reason);
    }
  }

  @Test
  void whatAStrangerCalledATensorDoesNotFloodTheMessage() {
    var refused = refusal(raw(input("\n" + "x".repeat(100_000), "FP32", 1), bytes(3)));

    assertThat(refused.getMessage()).startsWith("inputs[?xxx").hasSizeLessThan(200);
  }

  private static void assertTyped(String type, InferTensorContents.Builder contents, String hex) {
    var tensor = decode(typed(input("x", type, 2), contents), "x");
    var written = written(tensor, 0, 2);
    assertThat(ByteString.copyFrom(written)).as(type).isEqualTo(ByteString.fromHex(hex));
  }

  private static byte[] written(OipTensor tensor, int from, int count) {
    var target = ByteBuffer.allocate(count * tensor.datatype().sizeBytes());
    tensor.write(from, count, target);
    assertThat(target.hasRemaining()).isFalse();
    return target.array();
  }

  private static OipTensor decode(ModelInferRequest request, String name) {
    var tensors = OipRequestDecoder.inputs(request);
    assertThat(tensors).containsOnlyKeys(name);
    return requireNonNull(tensors.get(name));
  }

  private static void assertRefused(ModelInferRequest request, String message) {
    assertThat(refusal(request)).hasMessage(message);
  }

  private static ReasonException refusal(ModelInferRequest request) {
    return catchThrowableOfType(ReasonException.class, () -> OipRequestDecoder.inputs(request));
  }

  private static ModelInferRequest raw(InferInputTensor.Builder input, ByteString bytes) {
    return ModelInferRequest.newBuilder().addInputs(input).addRawInputContents(bytes).build();
  }

  private static ModelInferRequest typed(
      InferInputTensor.Builder input, InferTensorContents.Builder contents) {
    return ModelInferRequest.newBuilder().addInputs(input.setContents(contents)).build();
  }

  private static InferInputTensor.Builder input(String name, String type, long... shape) {
    var input = InferInputTensor.newBuilder().setName(name).setDatatype(type);
    for (long dim : shape) {
      input.addShape(dim);
    }
    return input;
  }

  private static InferRequestedOutputTensor.Builder output(String name) {
    return InferRequestedOutputTensor.newBuilder().setName(name);
  }

  private static InferTensorContents.Builder contents() {
    return InferTensorContents.newBuilder();
  }

  private static ByteString bytes(int count) {
    return ByteString.copyFrom(new byte[count]);
  }

  private static ByteString strings(String... elements) {
    var bytes = ByteString.EMPTY;
    for (String element : elements) {
      byte[] utf8 = element.getBytes(StandardCharsets.UTF_8);
      var length =
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(utf8.length).array();
      bytes = bytes.concat(ByteString.copyFrom(length)).concat(ByteString.copyFrom(utf8));
    }
    return bytes;
  }
}
