// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What the meta file says of one event.
 *
 * @param batchId the batch its pulses are in
 * @param eventId its number
 * @param firstPulseIndex row of its first pulse within the batch, from 0
 * @param lastPulseIndex row of its last pulse, inclusive; before the first if it has none
 * @param truth where the neutrino came from, if the file tells it
 * @param triggerTimeNs when the detector triggered, ns since the first event of the data set, if
 *     the file tells it; Kaggle's does not
 * @param energyGev energy of the particles that gave the light, GeV, if the file tells it; Kaggle's
 *     does not
 * @param isTrack whether the event is a track, not a cascade, if the file tells it; Kaggle's does
 *     not
 */
public record MetaRow(
    long batchId,
    long eventId,
    long firstPulseIndex,
    long lastPulseIndex,
    @Nullable Direction truth,
    @Nullable Long triggerTimeNs,
    @Nullable Double energyGev,
    @Nullable Boolean isTrack) {
  public MetaRow {
    if (energyGev != null && !(energyGev > 0 && energyGev < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "energy: " + energyGev + " GeV (expected: > 0 and finite; null if not known)");
    }
  }

  /** A row of a file without energies and shapes. */
  public MetaRow(
      long batchId,
      long eventId,
      long firstPulseIndex,
      long lastPulseIndex,
      @Nullable Direction truth,
      @Nullable Long triggerTimeNs) {
    this(batchId, eventId, firstPulseIndex, lastPulseIndex, truth, triggerTimeNs, null, null);
  }

  /** A row of a file without trigger times. */
  public MetaRow(
      long batchId,
      long eventId,
      long firstPulseIndex,
      long lastPulseIndex,
      @Nullable Direction truth) {
    this(batchId, eventId, firstPulseIndex, lastPulseIndex, truth, null);
  }
}
