// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

/** Some rows of a meta file, column by column; a buffer that is filled again and again. */
final class MetaBlock {
  static final int ROW_COUNT_MAX = PulseBlock.ROW_COUNT_MAX;

  final long[] batchId = new long[ROW_COUNT_MAX];
  final long[] eventId = new long[ROW_COUNT_MAX];
  final long[] firstPulseIndex = new long[ROW_COUNT_MAX];
  final long[] lastPulseIndex = new long[ROW_COUNT_MAX];

  /** Filled where the file tells the truth. */
  final double[] azimuthRad = new double[ROW_COUNT_MAX];

  final double[] zenithRad = new double[ROW_COUNT_MAX];

  /** Filled where the file tells the trigger times. */
  final long[] triggerTimeNs = new long[ROW_COUNT_MAX];

  /** Filled where the file tells the energies. */
  final double[] energyGev = new double[ROW_COUNT_MAX];

  /** Filled where the file tells the shapes: 1 for a track, 0 for a cascade. */
  final long[] track = new long[ROW_COUNT_MAX];
}
