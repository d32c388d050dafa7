// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one run needs, used again and again: a {@link TensorSlot} for every input and for every
 * output whose shape is known before the run, and the options by which a run is stopped.
 *
 * <p>Confined to the worker that borrowed it.
 */
final class OnnxScratch implements AutoCloseable {
  private final ModelSignature signature;
  private final List<TensorSlot> inputs;
  // By output; null where the shape is not known before the run.
  private final @Nullable TensorSlot[] pinned;
  private final Set<String> unpinned = new LinkedHashSet<>();
  private final OrtSession.RunOptions options;

  OnnxScratch(OrtEnvironment environment, ModelSignature signature) throws OrtException {
    this.signature = signature;
    inputs = signature.inputs().stream().map(spec -> slot(environment, spec)).toList();
    pinned = new TensorSlot[signature.outputs().size()];
    for (int output = 0; output < pinned.length; output++) {
      var spec = signature.outputs().get(output);
      if (signature.isBatched() && spec.isFixedItem()) {
        pinned[output] = slot(environment, spec);
      } else {
        unpinned.add(spec.name());
      }
    }
    options = new OrtSession.RunOptions();
    // What a run says of its failure it throws, too; printed, strangers could fill a disk with it.
    options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
  }

  private TensorSlot slot(OrtEnvironment environment, TensorSpec spec) {
    return new TensorSlot(environment, spec, signature.isBatched());
  }

  /** Runs {@code batch} in {@code session}: inputs from its tasks, outputs to them. */
  void run(OrtSession session, MicroBatch batch) throws OrtException {
    var limit = batch.limit();
    try {
      var fed = feed(batch);
      var outputs = pin(batch.itemCount());
      limit.enter(this::stop);
      OrtSession.Result result;
      try {
        result = session.run(fed, unpinned, outputs, options);
      } catch (OrtException e) {
        if (e.getCode() == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT) {
          throw PredictorException.ofValues(e);
        }
        throw e;
      } finally {
        if (limit.leave()) {
          options.setTerminate(false);
        }
      }
      // Pinned outputs are ours, so closing the result frees nothing of theirs.
      try (result) {
        for (int output = 0; output < signature.outputs().size(); output++) {
          read(output, batch, result);
        }
      }
    } finally {
      inputs.forEach(TensorSlot::dropCurrent);
    }
  }

  private void stop() {
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      throw new PredictorException("stop: " + e.getMessage(), e);
    }
  }

  private Map<String, OnnxTensor> feed(MicroBatch batch) throws OrtException {
    var fed = new LinkedHashMap<String, OnnxTensor>();
    for (int input = 0; input < inputs.size(); input++) {
      var slot = inputs.get(input);
      long[] shape = shape(input, batch);
      long size = slot.spec().datatype().sizeBytes(shape);
      var room = slot.room(size);
      for (int index = 0; index < batch.itemCount(); index++) {
        batch.task(index).writeInput(input, batch.item(index), room);
      }
      if (room.position() != size) {
        throw new IllegalStateException(
            "%s: %d bytes written (expected: %d)"
                .formatted(slot.spec().name(), room.position(), size));
      }
      fed.put(slot.spec().name(), slot.tensor(shape));
    }
    return fed;
  }

  /** Shape of input {@code input} of {@code batch}. */
  private long[] shape(int input, MicroBatch batch) {
    var spec = inputs.get(input).spec();
    long[] shape = new long[spec.dims().size()];
    for (int axis = 0; axis < shape.length; axis++) {
      if (signature.isBatched() && axis == 0) {
        shape[axis] = batch.itemCount();
      } else if (axis == spec.raggedAxis()) {
        shape[axis] = batch.rowCount();
      } else {
        long dim = spec.dims().get(axis);
        shape[axis] = dim == TensorSpec.ANY ? batch.task(0).dim(input, axis) : dim;
      }
    }
    return shape;
  }

  private Map<String, OnnxTensor> pin(int items) throws OrtException {
    var outputs = new HashMap<String, OnnxTensor>();
    for (TensorSlot slot : pinned) {
      if (slot == null) {
        continue;
      }
      var spec = slot.spec();
      long[] shape = new long[spec.dims().size()];
      for (int axis = 1; axis < shape.length; axis++) {
        shape[axis] = spec.dims().get(axis);
      }
      shape[0] = items;
      slot.room(spec.datatype().sizeBytes(shape));
      outputs.put(spec.name(), slot.tensor(shape));
    }
    return outputs;
  }

  private void read(int output, MicroBatch batch, OrtSession.Result result) {
    var spec = signature.outputs().get(output);
    var said = result.get(spec.name()).orElse(null);
    if (!(said instanceof OnnxTensor tensor)) {
      throw new PredictorException(spec.name() + ": " + said + " (expected: a tensor)");
    }
    long[] dims = tensor.getInfo().getShape();
    boolean isItems = !signature.isBatched() || (dims.length > 0 && dims[0] == batch.itemCount());
    if (!isItems || dims.length != spec.dims().size()) {
      throw new PredictorException(
          "%s: a tensor of %s for %d items (expected: %s)"
              .formatted(spec.name(), Arrays.toString(dims), batch.itemCount(), spec.dims()));
    }
    var slot = pinned[output];
    if (slot == null && !isWanted(output, batch, dims)) {
      return;
    }
    var bytes =
        slot == null
            // A copy of what the runtime allocated.
            ? tensor.getByteBuffer().order(ByteOrder.nativeOrder())
            : slot.written(Math.toIntExact(spec.datatype().sizeBytes(dims)));
    int size = bytes.remaining() / batch.itemCount();
    int first = bytes.position();
    for (int index = 0; index < batch.itemCount(); index++) {
      bytes.limit(first + (index + 1) * size).position(first + index * size);
      batch.task(index).readOutput(output, batch.item(index), dims, bytes);
    }
  }

  /** Asks every item, before the runtime's memory is copied for those that do. */
  private static boolean isWanted(int output, MicroBatch batch, long[] dims) {
    boolean isWanted = false;
    for (int index = 0; index < batch.itemCount(); index++) {
      isWanted |= batch.task(index).wantsOutput(output, batch.item(index), dims);
    }
    return isWanted;
  }

  @Override
  public void close() {
    inputs.forEach(TensorSlot::close);
    for (TensorSlot slot : pinned) {
      if (slot != null) {
        slot.close();
      }
    }
    options.close();
  }
}
