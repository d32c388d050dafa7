// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import icecube.physics.FeatureTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The direct buffers of one run and the tensors over them, used again and again: a tensor over a
 * direct buffer copies nothing.
 *
 * <p>Tensors whose shape depends on the number of events alone are made once for each number; that
 * of the features, whose shape depends on the rows too, lives for one run. Owns its tensors; the
 * buffers are the garbage collector's. Confined to the worker that borrowed it.
 */
final class OnnxScratch implements AutoCloseable {
  private static final int COLUMNS = FeatureTable.COLUMN_COUNT;

  private final OrtEnvironment environment;
  private final ByteBuffer features;
  private final ByteBuffer lengths;
  private final ByteBuffer direction;
  private final ByteBuffer kappa;
  private final boolean hasKappa;
  private final @Nullable Fixed[] fixed;

  /** Tensors for a number of events: the lengths, and all outputs by name. */
  private record Fixed(OnnxTensor lengths, Map<String, OnnxTensor> outputs) {}

  OnnxScratch(OrtEnvironment environment, int rowsMax, int eventsMax, boolean hasKappa) {
    this.environment = environment;
    this.hasKappa = hasKappa;
    this.features = bytes(rowsMax * COLUMNS * Float.BYTES);
    this.lengths = bytes(eventsMax * Long.BYTES);
    this.direction = bytes(eventsMax * 3 * Float.BYTES);
    this.kappa = bytes(eventsMax * Float.BYTES);
    this.fixed = new Fixed[eventsMax + 1];
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
  }

  /** Takes the inputs of {@code batch}, and forgets all outputs. */
  void write(MicroBatch batch) {
    features.clear();
    lengths.clear();
    for (int index = 0; index < batch.itemCount(); index++) {
      batch.task(index).writeInput(DirectionTask.FEATURES, batch.item(index), features);
      batch.task(index).writeInput(DirectionTask.LENGTHS, batch.item(index), lengths);
      // NaN, so that a model that writes nothing is noticed.
      for (int axis = 0; axis < 3; axis++) {
        direction.putFloat((3 * index + axis) * Float.BYTES, Float.NaN);
      }
      kappa.putFloat(index * Float.BYTES, Float.NaN);
    }
  }

  /** Gives the outputs to {@code batch}. */
  void read(MicroBatch batch) {
    for (int index = 0; index < batch.itemCount(); index++) {
      direction.limit((index + 1) * 3 * Float.BYTES).position(index * 3 * Float.BYTES);
      batch.task(index).readOutput(DirectionTask.DIRECTION, batch.item(index), direction);
      if (hasKappa) {
        kappa.limit((index + 1) * Float.BYTES).position(index * Float.BYTES);
        batch.task(index).readOutput(DirectionTask.KAPPA, batch.item(index), kappa);
      }
    }
    direction.clear();
    kappa.clear();
  }

  /** The features of the last {@link #write}; the caller closes it. */
  OnnxTensor features(int events, int rows) throws OrtException {
    return tensor(features, events * rows * COLUMNS * Float.BYTES, events, rows, COLUMNS);
  }

  OnnxTensor lengths(int events) throws OrtException {
    return fixed(events).lengths();
  }

  Map<String, OnnxTensor> outputs(int events) throws OrtException {
    return fixed(events).outputs();
  }

  private Fixed fixed(int events) throws OrtException {
    var made = fixed[events];
    if (made == null) {
      made = make(events);
      fixed[events] = made;
    }
    return made;
  }

  private Fixed make(int events) throws OrtException {
    lengths.clear();
    direction.clear();
    kappa.clear();
    var outputs = new HashMap<String, OnnxTensor>();
    outputs.put(OnnxSignature.DIRECTION, tensor(direction, events * 3 * Float.BYTES, events, 3));
    if (hasKappa) {
      outputs.put(OnnxSignature.KAPPA, tensor(kappa, events * Float.BYTES, events));
    }
    return new Fixed(longs(events), outputs);
  }

  private OnnxTensor longs(int events) throws OrtException {
    return OnnxTensor.createTensor(
        environment,
        lengths.clear().limit(events * Long.BYTES),
        new long[] {events},
        OnnxJavaType.INT64);
  }

  private OnnxTensor tensor(ByteBuffer bytes, int sizeBytes, long... shape) throws OrtException {
    return OnnxTensor.createTensor(
        environment, bytes.clear().limit(sizeBytes), shape, OnnxJavaType.FLOAT);
  }

  @Override
  public void close() {
    for (Fixed each : fixed) {
      if (each != null) {
        each.lengths().close();
        each.outputs().values().forEach(OnnxTensor::close);
      }
    }
  }
}
