// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a caller is to the mesh, and the methods it may therefore call. What is not listed is
 * denied, methods of later versions too.
 */
public enum Role {
  /** Has events predicted, beats, and looks who is alive. */
  CONSUMER(
      Methods.MODEL + "*",
      Methods.HEARTBEAT + "Beat",
      Methods.HEARTBEAT + "List",
      Methods.HEARTBEAT + "Watch",
      Methods.HEALTH + "*"),

  /** Only beats. */
  EMITTER(Methods.HEARTBEAT + "Beat", Methods.HEALTH + "*"),

  /** Only beats. */
  MODEL_SERVER(Methods.HEARTBEAT + "Beat", Methods.HEALTH + "*"),

  /** Only beats, to other registries. */
  REGISTRY(Methods.HEARTBEAT + "Beat", Methods.HEALTH + "*"),

  /** A user of models: asks, and changes nothing. */
  CLIENT(
      Methods.MODEL + "*",
      Methods.INFERENCE + "ServerLive",
      Methods.INFERENCE + "ServerReady",
      Methods.INFERENCE + "ServerMetadata",
      Methods.INFERENCE + "ModelReady",
      Methods.INFERENCE + "ModelMetadata",
      Methods.INFERENCE + "ModelConfig",
      Methods.INFERENCE + "ModelStatistics",
      Methods.INFERENCE + "ModelInfer",
      Methods.INFERENCE + "ModelStreamInfer",
      Methods.INFERENCE + "RepositoryIndex",
      Methods.HEALTH + "*",
      Methods.REFLECTION + "*",
      Methods.REFLECTION_ALPHA + "*"),

  /** Kubernetes, a load balancer. */
  PROBE(Methods.HEALTH + "Check"),

  /** A person who may do everything, loading and unloading models too. */
  OPERATOR("*");

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is
  private final Set<String> methods;

  Role(String... methods) {
    this.methods = Set.of(methods);
  }

  /** Whether this role may call {@code service/Method}. */
  boolean mayCall(String fullMethodName) {
    return methods.contains(fullMethodName)
        || methods.contains(fullMethodName.substring(0, fullMethodName.indexOf('/') + 1) + "*")
        || methods.contains("*");
  }

  /** As it stands in certificates and files: {@code model-server}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The role that {@code word} names, if there is one. */
  static Optional<Role> of(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
  }

  /** All words, for messages. */
  static String words() {
    return Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "));
  }

  /** Services, each with its slash. */
  private static final class Methods {
    private static final String MODEL = "icecube.v1.ModelService/";
    private static final String HEARTBEAT = "icecube.v1.HeartbeatService/";
    private static final String INFERENCE = "inference.GRPCInferenceService/";
    private static final String HEALTH = "grpc.health.v1.Health/";
    private static final String REFLECTION = "grpc.reflection.v1.ServerReflection/";
    private static final String REFLECTION_ALPHA = "grpc.reflection.v1alpha.ServerReflection/";

    private Methods() {}
  }
}
