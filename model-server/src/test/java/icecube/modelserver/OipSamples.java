// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import icecube.physics.FeatureTable;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Requests of tensors, and what stands in their answers. */
final class OipSamples {
  private OipSamples() {}

  /** The events of {@code table} as a client sends them: padded with 777 to the longest. */
  static ModelInferRequest.Builder padded(FeatureTable table) {
    int events = table.eventCount();
    int longest = 0;
    for (int event = 0; event < events; event++) {
      longest = Math.max(longest, table.rowCount(event));
    }
    var features = bytes(events * longest * 6 * Float.BYTES);
    var lengths = bytes(events * Long.BYTES);
    for (int event = 0; event < events; event++) {
      lengths.putLong(table.rowCount(event));
      for (int row = 0; row < longest; row++) {
        for (int column = 0; column < 6; column++) {
          boolean there = row < table.rowCount(event);
          features.putFloat(there ? table.value(table.firstRow(event) + row, column) : 777);
        }
      }
    }
    return request(
        new long[] {events, longest, 6},
        ByteString.copyFrom(features.flip()),
        ByteString.copyFrom(lengths.flip()));
  }

  /** {@code events} events of one row of zeros. */
  static ModelInferRequest.Builder zeros(int events) {
    var lengths = bytes(events * Long.BYTES);
    for (int event = 0; event < events; event++) {
      lengths.putLong(1);
    }
    return request(
        new long[] {events, 1, 6},
        ByteString.copyFrom(new byte[events * 6 * Float.BYTES]),
        ByteString.copyFrom(lengths.flip()));
  }

  private static ModelInferRequest.Builder request(
      long[] shape, ByteString features, ByteString lengths) {
    return ModelInferRequest.newBuilder()
        .addInputs(input("features", "FP32", shape))
        .addInputs(input("lengths", "INT64", shape[0]))
        .addRawInputContents(features)
        .addRawInputContents(lengths);
  }

  static InferInputTensor input(String name, String type, long... shape) {
    var input = InferInputTensor.newBuilder().setName(name).setDatatype(type);
    for (long dim : shape) {
      input.addShape(dim);
    }
    return input.build();
  }

  static InferParameter integer(long value) {
    return InferParameter.newBuilder().setInt64Param(value).build();
  }

  /** Element {@code index} of output {@code output}, which is of float32. */
  static float number(ModelInferResponse response, int output, int index) {
    return response
        .getRawOutputContents(output)
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .getFloat(index * Float.BYTES);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}
