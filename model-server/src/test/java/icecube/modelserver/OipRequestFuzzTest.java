// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.InferParameter;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Requests of tensors, most of them corrupted: each is read whole or refused with its reason. */
final class OipRequestFuzzTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x01b5);
  private static final int TRIALS = Integer.getInteger("icecube.fuzz.trials", 30_000);

  @Test
  void everyRequestIsReadOrRefusedWithAReason() {
    var refusals = new TreeSet<String>();
    int read = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      var random = new SplittableRandom(SEED + trial);
      byte[] bytes = request(random).build().toByteArray();
      if (random.nextInt(3) > 0) {
        bytes = SpoiledBytes.flipped(random, bytes);
      }
      try {
        var request = ModelInferRequest.parseFrom(bytes);
        OipParameters.of(request);
        OipRequestDecoder.outputs(request);
        writeAll(OipRequestDecoder.inputs(request));
        read++;
      } catch (ReasonException e) {
        assertThat(e.reason()).isIn(Reason.REASON_TENSORS_INVALID, Reason.REASON_UNSUPPORTED);
        assertThat(e.getMessage()).contains("(expected: ").hasSizeLessThan(600);
        refusals.add(e.getMessage().replaceAll("[^a-z ]+", "").strip());
      } catch (InvalidProtocolBufferException e) {
        refusals.add("no message");
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("repeat with -Dicecube.seed=" + (SEED + trial), e);
      }
    }
    assertThat(read).isBetween(TRIALS / 10, TRIALS * 9 / 10);
    assertThat(refusals).hasSizeGreaterThan(15);
  }

  /** As a worker would: every element that was promised must be there. */
  private static void writeAll(Map<String, OipTensor> tensors) {
    for (var tensor : tensors.values()) {
      if (tensor.datatype() != OipDatatype.BYTES) {
        var target = ByteBuffer.allocate(tensor.elementCount() * tensor.datatype().sizeBytes());
        tensor.write(0, tensor.elementCount(), target);
        assertThat(target.hasRemaining()).isFalse();
      }
    }
  }

  private static ModelInferRequest.Builder request(SplittableRandom random) {
    var request = ModelInferRequest.newBuilder().setModelName("m").setId("1");
    boolean raw = random.nextInt(3) > 0;
    int inputs = 1 + random.nextInt(3);
    for (int index = 0; index < inputs; index++) {
      var types = OipDatatype.values();
      var type = types[random.nextInt(types.length)];
      var input = InferInputTensor.newBuilder().setName("x" + index).setDatatype(type.name());
      int count = 1;
      for (int axis = random.nextInt(4); axis > 0; axis--) {
        int dim = random.nextInt(4);
        input.addShape(dim);
        count *= dim;
      }
      if (raw) {
        request.addRawInputContents(rawElements(random, type, count));
      } else {
        input.setContents(typedElements(random, type, count));
      }
      request.addInputs(input);
    }
    if (random.nextInt(3) == 0) {
      var value = InferParameter.newBuilder().setInt64Param(random.nextInt(-1, 3)).build();
      request.putParameters(random.nextBoolean() ? "priority" : "timeout", value);
    }
    return request;
  }

  private static ByteString rawElements(SplittableRandom random, OipDatatype type, int count) {
    if (type == OipDatatype.BYTES) {
      var bytes = ByteString.EMPTY;
      for (int index = 0; index < count; index++) {
        bytes = bytes.concat(ByteString.fromHex("0200000041")).concat(ByteString.fromHex("42"));
      }
      return bytes;
    }
    byte[] bytes = new byte[count * type.sizeBytes()];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) random.nextInt(type == OipDatatype.BOOL ? 2 : 256);
    }
    return ByteString.copyFrom(bytes);
  }

  private static InferTensorContents.Builder typedElements(
      SplittableRandom random, OipDatatype type, int count) {
    var contents = InferTensorContents.newBuilder();
    for (int index = 0; index < count; index++) {
      int value = random.nextInt(128);
      switch (type) {
        case BOOL -> contents.addBoolContents(value > 63);
        case UINT8, UINT16, UINT32 -> contents.addUintContents(value);
        case UINT64 -> contents.addUint64Contents(value);
        case INT8, INT16, INT32 -> contents.addIntContents(value);
        case INT64 -> contents.addInt64Contents(value);
        case FP32 -> contents.addFp32Contents(value);
        case FP64 -> contents.addFp64Contents(value);
        case BYTES -> contents.addBytesContents(ByteString.fromHex("00ff"));
        case FP16, BF16 -> {}
      }
    }
    return contents;
  }
}
