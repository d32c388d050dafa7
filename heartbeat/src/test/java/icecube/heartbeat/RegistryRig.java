// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import icecube.chassis.Closer;
import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Meters;
import icecube.v1.BeatRequest;
import icecube.v1.BeatResponse;
import icecube.v1.HeartbeatServiceGrpc;
import icecube.v1.ListRequest;
import icecube.v1.ListResponse;
import icecube.v1.WatchRequest;
import icecube.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A registry on loopback and its callers. */
final class RegistryRig implements AutoCloseable {
  final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final Closer closer = new Closer();
  private @Nullable Registry registry;
  private @Nullable ManagedChannel channel;

  @CanIgnoreReturnValue
  Registry start(RegistrySettings settings) {
    Registry started = closer.add(Registry.start(settings, Meters.of(metrics)));
    ManagedChannel opened = GrpcChannels.open(started.address());
    closer.add(opened::shutdownNow);
    registry = started;
    channel = opened;
    return started;
  }

  void stop() {
    requireNonNull(registry).close();
  }

  @Override
  public void close() {
    closer.close();
  }

  /** Leases of a second instead of ten. */
  RegistrySettings quick(Map<String, Integer> wanted) {
    return with(Duration.ofMillis(300), Duration.ofSeconds(1), 1_024, 4_096, wanted);
  }

  /** The usual leases with other limits. */
  RegistrySettings settings(int memberCountMax, int changeCountMax, Map<String, Integer> wanted) {
    return with(
        Duration.ofSeconds(3), Duration.ofSeconds(10), memberCountMax, changeCountMax, wanted);
  }

  private static RegistrySettings with(
      Duration suspectAfter,
      Duration deadAfter,
      int memberCountMax,
      int changeCountMax,
      Map<String, Integer> wanted) {
    MembershipSettings d = MembershipSettings.DEFAULT;
    MembershipSettings membership =
        new MembershipSettings(
            suspectAfter,
            deadAfter,
            d.forgetAfter(),
            Duration.ofMillis(100),
            memberCountMax,
            d.kindCountMax(),
            changeCountMax,
            d.freezeWindow(),
            d.freezeShare(),
            d.freezeCountMin(),
            d.recoveryShare(),
            d.recoveryTime(),
            d.freezeTimeMax());
    return new RegistrySettings(
        ServerSettings.onLoopback(0), membership, wanted, Duration.ofMillis(200), 2);
  }

  ListResponse list(String kind) {
    return HeartbeatServiceGrpc.newBlockingStub(requireNonNull(channel))
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .list(ListRequest.newBuilder().setKind(kind).build());
  }

  /** SERVICE_UNKNOWN where the server says NOT_FOUND. */
  ServingStatus health(String service) {
    try {
      return HealthGrpc.newBlockingStub(requireNonNull(channel))
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .check(HealthCheckRequest.newBuilder().setService(service).build())
          .getStatus();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      return ServingStatus.SERVICE_UNKNOWN;
    }
  }

  void awaitHealth(String service, ServingStatus status) {
    Await.until(() -> health(service) == status, service + " is " + status);
  }

  double count(String name, String reason) {
    return metrics.get(name).tag("reason", reason).counter().count();
  }

  BeatStream beats() {
    return new BeatStream(requireNonNull(channel));
  }

  WatchStream watch(String kind, long resumeRevision) {
    return new WatchStream(requireNonNull(channel), kind, resumeRevision, Integer.MAX_VALUE);
  }

  /** A watch that never reads more than its first response. */
  WatchStream watchWithoutReading() {
    return new WatchStream(requireNonNull(channel), "", 0, 1);
  }

  /** One Beat call. */
  static final class BeatStream {
    private final Answers<BeatRequest, BeatResponse> answers = new Answers<>(Integer.MAX_VALUE);
    private final StreamObserver<BeatRequest> beats;

    BeatStream(ManagedChannel channel) {
      beats = HeartbeatServiceGrpc.newStub(channel).beat(answers);
    }

    void send(BeatRequest beat) {
      beats.onNext(beat);
    }

    @CanIgnoreReturnValue
    BeatResponse answer() throws InterruptedException {
      return answers.next();
    }

    Status failure() throws InterruptedException {
      return answers.failure();
    }

    void cut() {
      requireNonNull(answers.call).cancel("cut", null);
    }
  }

  /** One Watch call. */
  static final class WatchStream {
    private final Answers<WatchRequest, WatchResponse> answers;

    WatchStream(ManagedChannel channel, String kind, long resumeRevision, int readCount) {
      answers = new Answers<>(readCount);
      HeartbeatServiceGrpc.newStub(channel)
          .watch(
              WatchRequest.newBuilder().setKind(kind).setResumeRevision(resumeRevision).build(),
              answers);
    }

    @CanIgnoreReturnValue
    WatchResponse next() throws InterruptedException {
      return answers.next();
    }

    Status failure() throws InterruptedException {
      return answers.failure();
    }

    void readOn() {
      requireNonNull(answers.call).request(Integer.MAX_VALUE);
    }

    void cut() {
      requireNonNull(answers.call).cancel("cut", null);
    }
  }

  private static final class Answers<Q, A> implements ClientResponseObserver<Q, A> {
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private final int readCount;
    private @Nullable ClientCallStreamObserver<Q> call;

    Answers(int readCount) {
      this.readCount = readCount;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requests) {
      call = requests;
      requests.disableAutoRequestWithInitial(readCount);
    }

    @Override
    public void onNext(A answer) {
      queue.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      queue.add(failure);
    }

    @Override
    public void onCompleted() {}

    @SuppressWarnings("unchecked") // Only onNext and onError put something in.
    A next() throws InterruptedException {
      Object next = queue.poll(20, TimeUnit.SECONDS);
      assertThat(next).isNotNull().isNotInstanceOf(Throwable.class);
      return (A) next;
    }

    /** The failure that ended the call; answers before it are passed over. */
    Status failure() throws InterruptedException {
      Object next = queue.poll(20, TimeUnit.SECONDS);
      while (next != null && !(next instanceof Throwable)) {
        next = queue.poll(20, TimeUnit.SECONDS);
      }
      assertThat(next).isNotNull();
      return Status.fromThrowable((Throwable) next);
    }
  }
}
