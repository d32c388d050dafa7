// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.GrpcChannels;
import icecube.chassis.TransportSecurity;
import icecube.proto.InstanceStates;
import icecube.v1.HeartbeatServiceGrpc;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.ListRequest;
import icecube.v1.Member;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the registry says: whether it answers, who lives, and who is missing.
 *
 * @param members everybody it knows; empty if it does not answer
 */
record RegistryCheck(List<Member> members, List<Finding> findings) {
  RegistryCheck {
    members = List.copyOf(members);
    findings = List.copyOf(findings);
  }

  /** Asks the registry at {@code target}, which should know so many serving of each kind. */
  static RegistryCheck of(
      String target, Map<String, Integer> expected, TransportSecurity security, Duration max) {
    ManagedChannel channel = GrpcChannels.open(target, security);
    try {
      List<Member> members =
          HeartbeatServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(max.toNanos(), TimeUnit.NANOSECONDS)
              .list(ListRequest.getDefaultInstance())
              .getMembersList();
      List<Finding> findings = new ArrayList<>();
      findings.add(Finding.ok("registry", target + " knows " + members.size() + " instances"));
      findings.addAll(of(expected, members));
      return new RegistryCheck(members, findings);
    } catch (StatusRuntimeException e) {
      Finding failed =
          FailedCall.of(e)
              .finding(
                  "registry",
                  target + " ",
                  "a registry",
                  "start one with ./icecube registry, or say where it is with --registry; the mesh"
                      + " works on without it");
      return new RegistryCheck(List.of(), List.of(failed));
    } finally {
      channel.shutdownNow();
    }
  }

  /** Whether enough serve of each kind, and what is wrong with each member. */
  static List<Finding> of(Map<String, Integer> expected, List<Member> members) {
    List<Finding> findings = new ArrayList<>();
    expected.forEach((kind, count) -> findings.add(enough(kind, count, members)));
    for (Member member : members) {
      String kind = member.getInstance().getKind();
      Integer wanted = expected.get(kind);
      life(member, wanted != null && serving(kind, members) >= wanted, findings);
    }
    return findings;
  }

  /** Those who beat, or did a moment ago. */
  List<Instance> here() {
    return members.stream()
        .filter(member -> InstanceStates.isHere(member.getState()))
        .map(Member::getInstance)
        .toList();
  }

  /** That more are here than are looked at one by one, if it is so. */
  Optional<Finding> beyond(int countMax) {
    int count = here().size();
    return count <= countMax
        ? Optional.empty()
        : Optional.of(
            Finding.warning(
                "instances",
                countMax + " of " + count + " looked at",
                "at most " + countMax,
                "of the others only what the registry says is told: see the targets of Prometheus,"
                    + " docs/OPERATING.md"));
  }

  /** Those of a kind that may be asked, by where they are. */
  List<String> addresses(String kind) {
    return here().stream()
        .filter(instance -> instance.getKind().equals(kind) && !instance.getAddress().isEmpty())
        .map(Instance::getAddress)
        .distinct()
        .toList();
  }

  private static Finding enough(String kind, int wanted, List<Member> members) {
    long serving = serving(kind, members);
    String found = serving + " serving";
    return serving >= wanted
        ? Finding.ok("kind " + kind, found)
        : Finding.failure(
            "kind " + kind,
            found,
            "at least " + wanted,
            "start one with ./icecube "
                + command(kind)
                + " --registry HOST:PORT; if it runs, it beats to another registry or to none");
  }

  private static long serving(String kind, List<Member> members) {
    return members.stream()
        .filter(member -> member.getInstance().getKind().equals(kind))
        .filter(member -> member.getState() == InstanceState.INSTANCE_STATE_SERVING)
        .count();
  }

  private static String command(String kind) {
    return switch (kind) {
      case "consumer" -> "consume";
      case "emitter" -> "emit";
      case "model-server" -> "serve";
      default -> kind;
    };
  }

  /** A dead one does no harm where those that are wanted serve without it. */
  private static void life(Member member, boolean areEnough, List<Finding> findings) {
    String name = member.getInstance().getInstanceId();
    String silent = "silent for " + Words.age(Duration.ofMillis(member.getBeatAgeMs()));
    switch (member.getState()) {
      case INSTANCE_STATE_DEAD ->
          findings.add(
              new Finding(
                  name,
                  areEnough ? Finding.Level.WARNING : Finding.Level.FAILURE,
                  "DEAD, " + silent,
                  "a beat a second, or a goodbye",
                  areEnough
                      ? "enough others serve: its log says why it died"
                      : "look at its log and start it again; what it held goes to others"));
      case INSTANCE_STATE_SUSPECT ->
          findings.add(
              Finding.warning(
                  name,
                  "SUSPECT, " + silent,
                  "a beat a second",
                  "it hangs, died just now, or the network lost it: look at its log"));
      case INSTANCE_STATE_STARTING, INSTANCE_STATE_DRAINING ->
          findings.add(
              Finding.warning(
                  name,
                  member.getState().name().replace("INSTANCE_STATE_", ""),
                  "SERVING",
                  "wait a moment; if it stays so, its log says what it waits for"));
      case INSTANCE_STATE_SERVING,
          INSTANCE_STATE_LEFT,
          INSTANCE_STATE_UNSPECIFIED,
          UNRECOGNIZED -> {}
    }
  }
}
