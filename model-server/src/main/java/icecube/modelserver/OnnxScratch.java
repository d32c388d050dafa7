// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * The direct buffers of one run, used again and again: a tensor over a direct buffer copies
 * nothing.
 *
 * <p>Confined to the worker that borrowed it; the tensors it makes live for one run and are closed
 * by the caller, the buffers are the garbage collector's.
 */
final class OnnxScratch {
  private final OrtEnvironment environment;
  private final FloatBuffer features;
  private final LongBuffer lengths;
  private final FloatBuffer direction;
  private final FloatBuffer kappa;

  OnnxScratch(OrtEnvironment environment, int rowsMax, int eventsMax, int columns) {
    this.environment = environment;
    this.features = floats(rowsMax * columns);
    this.lengths = bytes(eventsMax * Long.BYTES).asLongBuffer();
    this.direction = floats(eventsMax * 3);
    this.kappa = floats(eventsMax);
  }

  private static FloatBuffer floats(int count) {
    return bytes(count * Float.BYTES).asFloatBuffer();
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
  }

  /** Where the features of the next run are written to, from position 0. */
  FloatBuffer features() {
    return features.clear();
  }

  LongBuffer lengths() {
    return lengths.clear();
  }

  float direction(int index) {
    return direction.get(index);
  }

  float kappa(int index) {
    return kappa.get(index);
  }

  OnnxTensor featuresTensor(int events, int rows, int columns) throws OrtException {
    features.position(0).limit(events * rows * columns);
    return OnnxTensor.createTensor(environment, features, new long[] {events, rows, columns});
  }

  OnnxTensor lengthsTensor(int events) throws OrtException {
    lengths.position(0).limit(events);
    return OnnxTensor.createTensor(environment, lengths, new long[] {events});
  }

  /** Fills the answer with NaN first, so that a model that writes nothing is noticed. */
  OnnxTensor directionTensor(int events) throws OrtException {
    direction.clear();
    for (int index = 0; index < events * 3; index++) {
      direction.put(index, Float.NaN);
    }
    direction.limit(events * 3);
    return OnnxTensor.createTensor(environment, direction, new long[] {events, 3});
  }

  OnnxTensor kappaTensor(int events) throws OrtException {
    kappa.clear();
    for (int index = 0; index < events; index++) {
      kappa.put(index, Float.NaN);
    }
    kappa.limit(events);
    return OnnxTensor.createTensor(environment, kappa, new long[] {events});
  }
}
