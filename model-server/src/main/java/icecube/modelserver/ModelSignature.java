// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a model reads and writes. Immutable and thread-safe.
 *
 * @param inputs in the order that tasks count them by, at least 1
 * @param outputs likewise
 * @param isBatched whether axis 0 of every tensor is the batch; if not, a request is one item and
 *     runs alone
 * @param lengths which input says how many rows each item has; {@value #NONE} for none
 * @param mask which input is true for the rows that count; {@value #NONE} for none
 */
record ModelSignature(
    List<TensorSpec> inputs, List<TensorSpec> outputs, boolean isBatched, int lengths, int mask) {
  /** No such input. */
  static final int NONE = -1;

  /** The signature every direction model has; see {@link DirectionTask}. */
  static final ModelSignature DIRECTION =
      new ModelSignature(
          List.of(
              new TensorSpec(
                  "features",
                  OipDatatype.FP32,
                  List.of(TensorSpec.ANY, TensorSpec.ANY, (long) FeatureTable.COLUMN_COUNT),
                  1),
              TensorSpec.dense("lengths", OipDatatype.INT64, TensorSpec.ANY)),
          List.of(TensorSpec.dense("direction", OipDatatype.FP32, TensorSpec.ANY, 3L)),
          true,
          DirectionTask.LENGTHS,
          NONE);

  private static final TensorSpec KAPPA =
      TensorSpec.dense("kappa", OipDatatype.FP32, TensorSpec.ANY);

  /** Radii that hold the truth in 50 % and in 90 % of the cases, rad. */
  private static final TensorSpec RADII =
      TensorSpec.dense("radii", OipDatatype.FP32, TensorSpec.ANY, 2L);

  /** The same with a concentration. */
  static final ModelSignature DIRECTION_AND_KAPPA = DIRECTION.withOutputs(KAPPA);

  /** The same with radii, which then are not those that kappa stands for. */
  static final ModelSignature DIRECTION_KAPPA_AND_RADII = DIRECTION.withOutputs(KAPPA, RADII);

  /** A direction with radii and no concentration. */
  static final ModelSignature DIRECTION_AND_RADII = DIRECTION.withOutputs(RADII);

  private static final List<ModelSignature> OF_DIRECTIONS =
      List.of(DIRECTION, DIRECTION_AND_KAPPA, DIRECTION_KAPPA_AND_RADII, DIRECTION_AND_RADII);

  ModelSignature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "signature: %d inputs, %d outputs (expected: at least one of each)"
              .formatted(inputs.size(), outputs.size()));
    }
    boolean isRagged = inputs.stream().anyMatch(TensorSpec::isRagged);
    if (isRagged != (lengths != NONE || mask != NONE) || (lengths != NONE && mask != NONE)) {
      throw new IllegalArgumentException(
          "ragged: %s, lengths: %d, mask: %d (expected: lengths or mask of ragged inputs)"
              .formatted(isRagged, lengths, mask));
    }
    if (isRagged && !isBatched) {
      throw new IllegalArgumentException(
          "ragged: set (expected: none, as the first axis is no batch in every tensor)");
    }
  }

  /** Whether a model of it says directions, so that {@code Predict} may ask it. */
  boolean isOfDirections() {
    return OF_DIRECTIONS.contains(this);
  }

  /** The signature of a direction model that has the tensors of this one; empty if none has. */
  Optional<ModelSignature> ofDirections() {
    return OF_DIRECTIONS.stream().filter(this::hasTensorsOf).findFirst();
  }

  private ModelSignature withOutputs(TensorSpec... more) {
    var all = Stream.concat(outputs.stream(), Stream.of(more)).toList();
    return new ModelSignature(inputs, all, isBatched, lengths, mask);
  }

  /** Whether items differ in their number of rows. */
  boolean isRagged() {
    return lengths != NONE || mask != NONE;
  }

  /** The same with a first axis like any other. */
  ModelSignature withoutBatchAxis() {
    return new ModelSignature(inputs, outputs, false, NONE, NONE);
  }

  /** Whether an input has an axis of any length that is neither the batch nor ragged. */
  boolean hasOpenAxis() {
    for (var spec : inputs) {
      for (int axis = isBatched ? 1 : 0; axis < spec.dims().size(); axis++) {
        if (spec.dims().get(axis) == TensorSpec.ANY && axis != spec.raggedAxis()) {
          return true;
        }
      }
    }
    return false;
  }

  /** The names of the inputs, in order. */
  List<String> inputNames() {
    return inputs.stream().map(TensorSpec::name).toList();
  }

  /** The names of the outputs, in order. */
  List<String> outputNames() {
    return outputs.stream().map(TensorSpec::name).toList();
  }

  /** Of every tensor the same as {@code other}, whatever their order and what is ragged. */
  boolean hasTensorsOf(ModelSignature other) {
    return inputs.size() == other.inputs.size()
        && outputs.size() == other.outputs.size()
        && haveAll(inputs, other.inputs)
        && haveAll(outputs, other.outputs);
  }

  /** The same, in the same order, with what is ragged in {@code stated}, by name. */
  ModelSignature withRaggedAxisOf(ModelSignature stated) {
    var ragged =
        inputs.stream()
            .map(spec -> stated.inputs.get(stated.inputNames().indexOf(spec.name())))
            .toList();
    return new ModelSignature(
        ragged,
        outputs,
        stated.isBatched,
        indexOf(stated, stated.lengths),
        indexOf(stated, stated.mask));
  }

  private int indexOf(ModelSignature stated, int input) {
    return input == NONE ? NONE : inputNames().indexOf(stated.inputNames().get(input));
  }

  private static boolean haveAll(List<TensorSpec> all, List<TensorSpec> wanted) {
    return wanted.stream()
        .map(TensorSpec::withoutRaggedAxis)
        .allMatch(spec -> all.stream().map(TensorSpec::withoutRaggedAxis).anyMatch(spec::equals));
  }

  /** For people: {@code [features FP32[-1, -1, 6], ...] -> [...]}. */
  @Override
  public String toString() {
    return text(inputs.stream()) + " -> " + text(outputs.stream());
  }

  private static String text(Stream<TensorSpec> specs) {
    return specs.map(TensorSpec::text).sorted().toList().toString();
  }
}
