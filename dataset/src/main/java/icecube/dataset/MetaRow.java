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
 */
public record MetaRow(
    long batchId,
    long eventId,
    long firstPulseIndex,
    long lastPulseIndex,
    @Nullable Direction truth) {}
