// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * One version of a model as a source offers it, before anything of it was read.
 *
 * @param name the model's, as its folder or the registry says
 * @param version as its folder or the registry says
 * @param location where its files lie, in the source's own terms
 * @param stamp changes whenever a file of it changes, so that the same one is not loaded twice
 * @param isVersionAssigned whether the source numbers versions itself, so that the manifest,
 *     written before that, cannot name it
 */
record ModelOffer(
    String name, String version, String location, String stamp, boolean isVersionAssigned) {

  /** Name and version for people. */
  String label() {
    return name + "/" + version;
  }
}
