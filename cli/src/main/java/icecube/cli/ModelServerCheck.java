// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.GrpcChannels;
import icecube.chassis.TransportSecurity;
import icecube.v1.ListModelsRequest;
import icecube.v1.ListModelsResponse;
import icecube.v1.Model;
import icecube.v1.ModelServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks at the models of one model server. Stateless. */
final class ModelServerCheck {
  /** How its checks begin; where it is follows. */
  static final String NAME = "model server ";

  private ModelServerCheck() {}

  /**
   * Asks for all its models.
   *
   * @param wanted the model that consumers ask for; empty for the server's own
   */
  static List<Finding> look(
      String target, String wanted, TransportSecurity security, Duration max) {
    ManagedChannel channel = GrpcChannels.open(target, security);
    try {
      ListModelsResponse answer =
          ModelServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(max.toNanos(), TimeUnit.NANOSECONDS)
              .listModels(ListModelsRequest.getDefaultInstance());
      return of(target, wanted, answer);
    } catch (StatusRuntimeException e) {
      return List.of(
          FailedCall.of(e)
              .finding(
                  NAME + target,
                  "",
                  "a list of its models",
                  "start one with ./icecube serve, or say where it is with --model-server"));
    } finally {
      channel.shutdownNow();
    }
  }

  /** What the list means. */
  static List<Finding> of(String target, String wanted, ListModelsResponse answer) {
    String check = NAME + target;
    String name = wanted.isEmpty() ? answer.getDefaultModelName() : wanted;
    List<Finding> findings = new ArrayList<>();
    List<String> ready = new ArrayList<>();
    boolean isReady = false;
    for (Model model : answer.getModelsList()) {
      String label = model.getName() + " " + model.getVersion();
      switch (model.getState()) {
        case STATE_READY -> {
          ready.add(label);
          isReady |= model.getName().equals(name);
        }
        case STATE_FAILED ->
            findings.add(
                Finding.warning(
                    check,
                    label + " could not be loaded: " + model.getDescription(),
                    "every version loaded",
                    "mend or remove it; those loaded answer on"));
        case STATE_LOADING ->
            findings.add(
                Finding.warning(
                    check, label + " is being loaded", "ready", "wait; large models take seconds"));
        case STATE_UNSPECIFIED, UNRECOGNIZED -> {}
      }
    }
    if (isReady) {
      findings.add(
          0, Finding.ok(check, "asked for " + name + "; ready: " + String.join(", ", ready)));
    } else {
      findings.add(
          0,
          Finding.failure(
              check,
              "no version of " + name + " is ready; ready: " + ready,
              name,
              "put it where --models says, or ask for another: docs/FAILURES.md \"MODEL_UNKNOWN\","
                  + " \"MODEL_NOT_READY\""));
    }
    return findings;
  }
}
