// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * One version of a model in the repository's index.
 *
 * @param name the model's
 * @param version empty for a model that was unloaded, or was never loaded
 * @param isReady whether it may be asked
 * @param reason why it is not ready, or why its newest files are not what is served; else empty
 */
record ModelIndexEntry(String name, String version, boolean isReady, String reason) {}
