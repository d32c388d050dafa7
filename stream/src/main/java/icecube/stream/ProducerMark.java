// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * Where a producer stands after opening a partition.
 *
 * @param epoch fences earlier producers; to be given with every append
 * @param lastSequence the highest sequence the partition holds or has held; 0 if none
 */
public record ProducerMark(long epoch, long lastSequence) {}
