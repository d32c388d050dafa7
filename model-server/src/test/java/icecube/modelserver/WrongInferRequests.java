// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Requests to ModelInfer that are protobuf, and wrong in one field or two. */
final class WrongInferRequests {
  /** More than a request may have of anything. */
  private static final int MANY = 65;

  private WrongInferRequests() {}

  /** {@code sound}, with something wrong. */
  static ModelInferRequest of(SplittableRandom random, ModelInferRequest sound) {
    var request = sound.toBuilder();
    for (int wrongs = 1 + random.nextInt(2); wrongs > 0; wrongs--) {
      switch (random.nextInt(4)) {
        case 0 -> envelope(random, request);
        case 1 -> rawContents(random, request);
        default -> {
          int index = WrongPredictRequests.index(random, request.getInputsCount());
          if (index >= 0) {
            input(random, request.getInputsBuilder(index));
          }
        }
      }
    }
    return request.build();
  }

  private static void envelope(SplittableRandom random, ModelInferRequest.Builder request) {
    switch (random.nextInt(9)) {
      case 0 -> request.setModelName(WrongValues.word(random));
      case 1 -> request.setModelVersion(WrongValues.word(random));
      case 2 -> request.putParameters(WrongValues.word(random), parameter(random));
      case 3 -> request.addOutputs(output(random));
      case 4 -> request.addOutputs(output(random)).addOutputs(output(random));
      case 5 -> request.clearInputs();
      case 6 -> {
        if (request.getInputsCount() > 0) {
          request.addInputs(request.getInputs(0));
        }
      }
      case 7 -> {
        for (int number = 0; number < MANY; number++) {
          request.addInputs(
              InferInputTensor.newBuilder().setName("x" + number).setDatatype("FP32"));
        }
      }
      default -> {
        for (int number = 0; number < MANY; number++) {
          request.putParameters("p" + number, parameter(random));
        }
      }
    }
  }

  private static InferRequestedOutputTensor output(SplittableRandom random) {
    var output = InferRequestedOutputTensor.newBuilder().setName(WrongValues.word(random));
    if (random.nextBoolean()) {
      output.putParameters(WrongValues.word(random), parameter(random));
    }
    return output.build();
  }

  private static InferParameter parameter(SplittableRandom random) {
    var parameter = InferParameter.newBuilder();
    switch (random.nextInt(6)) {
      case 0 -> parameter.setBoolParam(true);
      case 1 -> parameter.setInt64Param(WrongValues.integer(random));
      case 2 -> parameter.setUint64Param(WrongValues.integer(random));
      case 3 -> parameter.setDoubleParam(WrongValues.number(random));
      case 4 -> parameter.setStringParam(WrongValues.word(random));
      default -> {}
    }
    return parameter.build();
  }

  private static void rawContents(SplittableRandom random, ModelInferRequest.Builder request) {
    int index = WrongPredictRequests.index(random, request.getRawInputContentsCount());
    if (index < 0) {
      request.addRawInputContents(ByteString.copyFrom(SpoiledBytes.garbage(random)));
      return;
    }
    var raw = request.getRawInputContents(index);
    switch (random.nextInt(6)) {
      case 0 -> request.addRawInputContents(raw);
      case 1 -> request.clearRawInputContents();
      case 2 ->
          request.setRawInputContents(
              index, ByteString.copyFrom(SpoiledBytes.cut(random, raw.toByteArray())));
      case 3 -> request.setRawInputContents(index, raw.concat(ByteString.copyFrom(new byte[] {1})));
      case 4 -> request.setRawInputContents(index, withWrongInteger(random, raw));
      default ->
          request.setRawInputContents(index, WrongPredictRequests.withWrongNumber(random, raw));
    }
  }

  /** The same integers of eight bytes, little endian, one of them another. */
  private static ByteString withWrongInteger(SplittableRandom random, ByteString integers) {
    int index = WrongPredictRequests.index(random, integers.size() / Long.BYTES);
    if (index < 0) {
      return integers;
    }
    byte[] bytes = integers.toByteArray();
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(index * Long.BYTES, WrongValues.integer(random));
    return ByteString.copyFrom(bytes);
  }

  private static void input(SplittableRandom random, InferInputTensor.Builder input) {
    int axis = WrongPredictRequests.index(random, input.getShapeCount());
    switch (random.nextInt(9)) {
      case 0 -> input.setName(WrongValues.word(random));
      case 1 -> input.setDatatype(WrongValues.word(random));
      case 2 -> input.setDatatype(random.nextBoolean() ? "FP64" : "BYTES");
      case 3 -> input.addShape(WrongValues.integer(random));
      case 4 -> input.clearShape();
      case 5 -> input.getContentsBuilder().addFp32Contents(WrongValues.number(random));
      case 6 -> input.getContentsBuilder().addInt64Contents(WrongValues.integer(random));
      case 7 -> input.putParameters(WrongValues.word(random), parameter(random));
      default -> {
        if (axis >= 0) {
          input.setShape(axis, WrongValues.integer(random));
        }
      }
    }
  }
}
