// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
import icecube.v1.Model;

/**
 * What the server tells about a model and how it is.
 *
 * @param name for example {@code line-fit}
 * @param version for example {@code 1}
 * @param runtime what runs it
 * @param state whether it may be asked
 * @param sha256 of the model file, empty for a model without one
 * @param rowCountMax most rows of one event it reads; 0 for a model that says no directions
 * @param description one sentence; for a failed model, why it failed
 */
record ModelCard(
    String name,
    String version,
    Model.Runtime runtime,
    Model.State state,
    String sha256,
    int rowCountMax,
    String description) {

  boolean isReady() {
    return state == Model.State.STATE_READY;
  }

  /** Name and version for people. */
  String label() {
    return name + "/" + version;
  }

  Model toProto() {
    return Model.newBuilder()
        .setName(name)
        .setVersion(version)
        .setRuntime(runtime)
        .setState(state)
        .setSha256(sha256)
        .setFeatureVersion(rowCountMax == 0 ? 0 : FeatureTable.VERSION)
        .setRowCountMax(rowCountMax)
        .setDescription(description)
        .build();
  }
}
