// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcServerTest {
  private final Closer closer = new Closer();

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void saysThatItServesFromTheStart() {
    GrpcServer server = closer.add(GrpcServer.start(ServerSettings.onLoopback(0), List.of()));

    assertThat(check(server, "")).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void tellsWatchersOfEveryChangeAndOfTheEnd() throws InterruptedException {
    GrpcServer server = closer.add(GrpcServer.start(ServerSettings.onLoopback(0), List.of()));
    Answers<HealthCheckResponse> watched = new Answers<>();

    HealthGrpc.newStub(channel(server)).watch(request("model/line-fit"), watched);

    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    server.setServing("model/line-fit", true);
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    server.setServing("model/line-fit", false);
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    server.setServing("model/line-fit", true);
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    server.close();
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void keepsAServiceNotServingUntilTold() {
    EchoService echo = new EchoService();
    GrpcServer server = closer.add(GrpcServer.start(ServerSettings.onLoopback(0), List.of(echo)));

    assertThat(check(server, EchoService.NAME)).isEqualTo(ServingStatus.NOT_SERVING);
    server.setServing(EchoService.NAME, true);
    assertThat(check(server, EchoService.NAME)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void refusesATakenPortWithAnAdvice() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> GrpcServer.start(ServerSettings.onLoopback(port), List.of()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("port: " + port)
          .hasMessageContaining("in use")
          .hasMessageContaining("choose another port");
    }
  }

  @Test
  void refusesAHostThatDoesNotResolve() {
    assertThatThrownBy(() -> GrpcServer.start(ServerSettings.at("no.such.invalid", 0), List.of()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("host: no.such.invalid");
  }

  @Test
  void describesItselfByReflectionInBothVersions() throws InterruptedException {
    GrpcServer server = closer.add(GrpcServer.start(ServerSettings.onLoopback(0), List.of()));
    ManagedChannel channel = channel(server);
    Answers<ServerReflectionResponse> v1 = new Answers<>();
    Answers<io.grpc.reflection.v1alpha.ServerReflectionResponse> v1alpha = new Answers<>();

    StreamObserver<ServerReflectionRequest> askV1 =
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(v1);
    askV1.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> askV1alpha =
        io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(v1alpha);
    askV1alpha.onNext(
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
            .setListServices("")
            .build());

    assertThat(v1.next().getListServicesResponse().getServiceList())
        .anySatisfy(s -> assertThat(s.getName()).isEqualTo("grpc.health.v1.Health"));
    assertThat(v1alpha.next().getListServicesResponse().getServiceList())
        .anySatisfy(s -> assertThat(s.getName()).isEqualTo("grpc.health.v1.Health"));
    askV1.onCompleted();
    askV1alpha.onCompleted();
  }

  @Test
  void refusesARequestAboveTheLimit() {
    ServerSettings settings = ServerSettings.onLoopback(0).withMessageBytesMax(1024);
    GrpcServer server = closer.add(GrpcServer.start(settings, List.of()));

    assertThatThrownBy(() -> check(server, "x".repeat(2048)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e ->
                assertThat(e.getStatus().getCode())
                    .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED));
    assertThat(check(server, "")).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void takesARequestOfTheLargestEvents() throws InterruptedException {
    EchoService echo = new EchoService();
    GrpcServer server = closer.add(GrpcServer.start(ServerSettings.onLoopback(0), List.of(echo)));
    Answers<HealthCheckResponse> answers = new Answers<>();

    echo.call(channel(server), request("x".repeat(15 << 20)), answers);
    echo.answer();

    assertThat(answers.next()).isEqualTo(HealthCheckResponse.getDefaultInstance());
  }

  @Test
  void letsCallsAboveTheLimitOfAConnectionWait() throws InterruptedException {
    EchoService echo = new EchoService();
    GrpcServer server = closer.add(GrpcServer.start(ServerSettings.onLoopback(0), List.of(echo)));
    ManagedChannel channel = channel(server);
    Answers<HealthCheckResponse> answers = new Answers<>();
    int limit = ServerSettings.CALLS_PER_CONNECTION_MAX;

    for (int i = 0; i < limit + 20; i++) {
      echo.call(channel, answers);
    }
    Threads.await(() -> echo.waiting() == limit, "as many calls as allowed");
    for (int i = 0; i < limit + 20; i++) {
      assertThat(echo.waiting()).isLessThanOrEqualTo(limit);
      echo.answer();
      answers.next();
    }
  }

  @Test
  void endsAConnectionOfAgeWhileItsClientGoesOn() {
    ServerSettings young =
        ServerSettings.onLoopback(0)
            .withConnectionAge(Duration.ofMillis(50), Duration.ofMillis(50));
    GrpcServer server = closer.add(GrpcServer.start(young, List.of()));
    ManagedChannel channel = channel(server);
    assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);

    Threads.await(
        () -> channel.getState(false) == ConnectivityState.IDLE, "the connection is ended");

    assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void letsACallInFlightFinishWhileItDrains() throws InterruptedException {
    EchoService echo = new EchoService();
    GrpcServer server = GrpcServer.start(ServerSettings.onLoopback(0), List.of(echo));
    Answers<HealthCheckResponse> answers = new Answers<>();
    echo.call(channel(server), answers);
    echo.awaitCall();
    Thread closing = new Thread(server::close, "closing");
    closing.start();

    echo.answer();

    assertThat(answers.next()).isEqualTo(HealthCheckResponse.getDefaultInstance());
    closing.join(TimeUnit.SECONDS.toMillis(20));
    assertThat(closing.isAlive()).isFalse();
  }

  @Test
  void cutsACallThatOutlastsTheDrain() throws InterruptedException {
    EchoService echo = new EchoService();
    ServerSettings settings =
        ServerSettings.onLoopback(0).withDrain(Duration.ofMillis(20), Duration.ofMillis(50));
    GrpcServer server = GrpcServer.start(settings, List.of(echo));
    Answers<HealthCheckResponse> answers = new Answers<>();
    echo.call(channel(server), answers);
    echo.awaitCall();

    server.close();

    assertThat(Status.fromThrowable(answers.failure()).getCode())
        .isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED);
  }

  @Test
  void leavesNoThreadBehindAndClosesTwiceInPeace() {
    GrpcServer server = GrpcServer.start(ServerSettings.onLoopback(0), List.of());
    assertThat(check(server, "")).isEqualTo(ServingStatus.SERVING);
    assertThat(Threads.named("grpc-serve")).isNotEmpty();

    server.close();
    server.close();

    Threads.awaitNone("grpc-serve");
    Threads.awaitNone("grpc-accept");
  }

  @Test
  void canStartAgainOnThePortItHad() {
    GrpcServer first = GrpcServer.start(ServerSettings.onLoopback(0), List.of());
    int port = first.port();
    assertThat(check(first, "")).isEqualTo(ServingStatus.SERVING);
    first.close();

    GrpcServer second = closer.add(GrpcServer.start(ServerSettings.onLoopback(port), List.of()));

    assertThat(second.port()).isEqualTo(port);
    assertThat(second.address()).isEqualTo("127.0.0.1:" + port);
    assertThat(check(second, "")).isEqualTo(ServingStatus.SERVING);
  }

  private ServingStatus check(GrpcServer server, String service) {
    return HealthGrpc.newBlockingStub(channel(server))
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(request(service))
        .getStatus();
  }

  private static ServingStatus check(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(request(""))
        .getStatus();
  }

  private static HealthCheckRequest request(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  private ManagedChannel channel(GrpcServer server) {
    ManagedChannel channel = GrpcChannels.open(server.address());
    closer.add(channel::shutdownNow);
    return channel;
  }

  /** What a call answered, in order. */
  private static final class Answers<T> implements StreamObserver<T> {
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

    @Override
    public void onNext(T value) {
      queue.add(value);
    }

    @Override
    public void onError(Throwable failure) {
      queue.add(failure);
    }

    @Override
    public void onCompleted() {}

    @SuppressWarnings("unchecked") // Only onNext and onError put something in.
    T next() throws InterruptedException {
      Object next = queue.poll(10, TimeUnit.SECONDS);
      assertThat(next).isNotNull().isNotInstanceOf(Throwable.class);
      return (T) next;
    }

    Throwable failure() throws InterruptedException {
      Object next = queue.poll(10, TimeUnit.SECONDS);
      assertThat(next).isInstanceOf(Throwable.class);
      return (Throwable) next;
    }
  }
}
