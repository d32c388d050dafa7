// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Meters;
import icecube.v1.HeartbeatServiceGrpc;
import icecube.v1.ModelServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of roles and methods, every pair of it over the wire. */
class RoleTest {
  private static final Set<String> MODEL =
      Set.of(
          "ModelService/Predict",
          "ModelService/PredictStream",
          "ModelService/ListModels",
          "ModelService/GetModel");
  private static final Set<String> HEALTH = Set.of("Health/Check", "Health/Watch");
  private static final Set<String> ASKING =
      Set.of(
          "GRPCInferenceService/ServerLive",
          "GRPCInferenceService/ServerReady",
          "GRPCInferenceService/ServerMetadata",
          "GRPCInferenceService/ModelReady",
          "GRPCInferenceService/ModelMetadata",
          "GRPCInferenceService/ModelConfig",
          "GRPCInferenceService/ModelStatistics",
          "GRPCInferenceService/ModelInfer",
          "GRPCInferenceService/ModelStreamInfer",
          "GRPCInferenceService/RepositoryIndex");
  private static final Set<String> LOADING =
      Set.of(
          "GRPCInferenceService/RepositoryModelLoad", "GRPCInferenceService/RepositoryModelUnload");
  private static final Set<String> BEAT = Set.of("HeartbeatService/Beat");
  private static final Set<String> LOOK = Set.of("HeartbeatService/List", "HeartbeatService/Watch");
  private static final Set<String> REFLECTION = Set.of("ServerReflection/ServerReflectionInfo");

  private static final Map<Role, Set<String>> MAY =
      new EnumMap<>(
          Map.of(
              Role.CONSUMER, union(MODEL, BEAT, LOOK, HEALTH),
              Role.EMITTER, union(BEAT, HEALTH),
              Role.MODEL_SERVER, union(BEAT, HEALTH),
              Role.REGISTRY, union(BEAT, HEALTH),
              Role.CLIENT, union(MODEL, ASKING, HEALTH, REFLECTION),
              Role.PROBE, Set.of("Health/Check"),
              Role.OPERATOR, union(MODEL, ASKING, LOADING, BEAT, LOOK, HEALTH, REFLECTION)));

  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          ModelServiceGrpc.getServiceDescriptor(),
          GRPCInferenceServiceGrpc.getServiceDescriptor(),
          HeartbeatServiceGrpc.getServiceDescriptor(),
          HealthGrpc.getServiceDescriptor(),
          ServerReflectionGrpc.getServiceDescriptor());

  @TempDir private Path folder;

  @Test
  void deniesEveryPairThatIsNotAllowed() throws Exception {
    var openssl = new Openssl(folder);
    Openssl.Pair authority = openssl.authority("first");
    Openssl.Pair server = openssl.leaf("server", authority, Role.MODEL_SERVER);
    var files =
        SecurityFiles.mutual(server.certificate(), server.key(), authority.certificate())
            .withTokensAccepted(Files.write(folder.resolve("accepted"), acceptedLines()));
    List<String> wrong = new ArrayList<>();
    int pairCount = 0;
    try (var closer = new Closer()) {
      TransportSecurity security =
          closer.add(TransportSecurity.open(files, Meters.of(new SimpleMeterRegistry())));
      GrpcServer running = closer.add(GrpcServer.start(settings(security), services()));
      for (Role role : Role.values()) {
        Path token = Files.writeString(folder.resolve(role.word()), tokenOf(role));
        TransportSecurity caller =
            closer.add(
                TransportSecurity.open(
                    SecurityFiles.caller(authority.certificate(), token),
                    Meters.of(new SimpleMeterRegistry())));
        ManagedChannel channel = GrpcChannels.open(running.address(), caller);
        closer.add(channel::shutdownNow);
        for (ServiceDescriptor service : SERVICES) {
          for (MethodDescriptor<?, ?> method : service.getMethods()) {
            boolean isDenied = call(channel, method) == Status.Code.PERMISSION_DENIED;
            if (isDenied == MAY.getOrDefault(role, Set.of()).contains(shortName(method))) {
              wrong.add(role.word() + " " + method.getFullMethodName());
            }
            pairCount++;
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(pairCount).isEqualTo(Role.values().length * 22);
  }

  @Test
  void deniesWhatNobodyHasThoughtOf() {
    for (Role role : Role.values()) {
      assertThat(role.mayCall("icecube.v1.AdminService/Stop")).isEqualTo(role == Role.OPERATOR);
      assertThat(role.mayCall("icecube.v1.ModelServiceX/Predict")).isEqualTo(role == Role.OPERATOR);
    }
  }

  @Test
  void isWrittenInSmallLettersWithHyphens() {
    assertThat(Role.words())
        .isEqualTo("consumer, emitter, model-server, registry, client, probe, operator");
    assertThat(Role.of("model-server")).contains(Role.MODEL_SERVER);
    assertThat(Role.of("MODEL_SERVER")).isEmpty();
  }

  private static <ReqT, RespT> Status.Code call(
      ManagedChannel channel, MethodDescriptor<ReqT, RespT> method) throws Exception {
    var ended = new CompletableFuture<Status.Code>();
    var call = channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS));
    call.start(
        new ClientCall.Listener<RespT>() {
          @Override
          public void onHeaders(Metadata headers) {
            // Streams without an end of their own: they are in.
            ended.complete(Status.Code.OK);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status.getCode());
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(method.parseRequest(InputStream.nullInputStream()));
    call.halfClose();
    Status.Code code = ended.get(20, TimeUnit.SECONDS);
    call.cancel("seen enough", null);
    return code;
  }

  private static List<String> acceptedLines() {
    return Stream.of(Role.values()).map(role -> role.word() + " " + hash(tokenOf(role))).toList();
  }

  private static String tokenOf(Role role) {
    return "token-of-the-role-" + role.word();
  }

  private static String hash(String token) {
    return HexFormat.of().formatHex(AcceptedTokens.sha256(token.getBytes(UTF_8)));
  }

  private static ServerSettings settings(TransportSecurity security) {
    return ServerSettings.onLoopback(0)
        .withDrain(Duration.ZERO, Duration.ZERO)
        .withSecurity(security);
  }

  private static List<BindableService> services() {
    return List.of(
        new ModelServiceGrpc.ModelServiceImplBase() {},
        new GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase() {},
        new HeartbeatServiceGrpc.HeartbeatServiceImplBase() {});
  }

  private static String shortName(MethodDescriptor<?, ?> method) {
    String service = method.getServiceName();
    return service.substring(service.lastIndexOf('.') + 1) + "/" + method.getBareMethodName();
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Set<String> union(Set<String>... sets) {
    return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
  }
}
