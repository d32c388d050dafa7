// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictResponse;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model is replaced again and again while callers ask it without a pause. {@code
 * -Dicecube.reloads=N} sets how often.
 */
final class ReloadUnderLoadTest {
  private static final int RELOADS = Integer.getInteger("icecube.reloads", 100);
  private static final int CALLERS = 4;

  @Test
  void noRequestFailsWhileTheModelIsReplaced(@TempDir Path models) throws Exception {
    Graphs.writeEcho(models, "echo", "1", "revision 0");
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ofSeconds(2)),
            Optional.of(models),
            "echo",
            Samples.GEOMETRY,
            2,
            1_024);
    var meters = new SimpleMeterRegistry();
    var threads = Executors.newFixedThreadPool(CALLERS);
    var done = new AtomicBoolean();
    var answered = new CountDownLatch(CALLERS * 10);
    try (var server = ModelServer.start(settings, Telemetry.of(meters))) {
      var channel = GrpcChannels.open("127.0.0.1:" + server.port());
      var callers = new ArrayList<Future<long[]>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.add(threads.submit(asking(channel, done, answered)));
      }
      assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
      for (int revision = 1; revision <= RELOADS; revision++) {
        Graphs.writeEcho(models, "echo", "1", "revision " + revision);
        server.models().load("echo").get(30, TimeUnit.SECONDS);
        assertThat(server.models().find("", "").card().description())
            .isEqualTo("revision " + revision);
      }
      done.set(true);
      long[] nanos = new long[0];
      for (var caller : callers) {
        nanos = joined(nanos, caller.get(30, TimeUnit.SECONDS));
      }
      Arrays.sort(nanos);
      System.out.printf(
          "%d reloads beside %d requests: p50 %.2f ms, p99 %.2f ms, none failed%n",
          RELOADS,
          nanos.length,
          nanos[nanos.length / 2] / 1e6,
          nanos[(int) (nanos.length * 0.99)] / 1e6);
      channel.shutdownNow();
      assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
    assertThat(meters.get("icecube.modelserver.loads").tag("outcome", "loaded").counter().count())
        .isEqualTo(1 + RELOADS);
    assertThat(meters.get("icecube.modelserver.requests.dropped").counters())
        .extracting(Counter::count)
        .containsOnly(0.0);
  }

  /** Asks until it is done; the time of each request, ns. */
  private static Callable<long[]> asking(
      ManagedChannel channel, AtomicBoolean done, CountDownLatch answered) {
    var stub = ModelServiceGrpc.newBlockingStub(channel);
    var request = Samples.upwards().build();
    return () -> {
      var nanos = new ArrayList<Long>();
      while (!done.get()) {
        long start = System.nanoTime();
        PredictResponse response = stub.withDeadlineAfter(20, TimeUnit.SECONDS).predict(request);
        nanos.add(System.nanoTime() - start);
        assertThat(response.getResults(0).getPrediction().getZ()).isEqualTo(1);
        answered.countDown();
      }
      return nanos.stream().mapToLong(Long::longValue).toArray();
    };
  }

  private static long[] joined(long[] left, long[] right) {
    long[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
