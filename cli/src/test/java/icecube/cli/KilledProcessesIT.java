// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.EmbeddedRedis;
import icecube.stream.PublishedEntry;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The mesh as separate processes, of which one consumer and the model server are killed with
 * SIGKILL while events flow. The predictions must be those of a run in which nobody was killed.
 */
@Timeout(600)
final class KilledProcessesIT {
  private static final String EVENTS = "6000";
  private static final long POLL_MILLIS = 50;

  private final List<ServiceProcess> replacements = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void killedConsumerAndModelServerChangeNoPrediction() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"))) {
      Map<Long, String> undisturbed = predictionsOf(redis, "undisturbed", false);
      Map<Long, String> disturbed = predictionsOf(redis, "disturbed", true);
      assertThat(undisturbed).hasSize(Integer.parseInt(EVENTS));
      assertThat(disturbed).isEqualTo(undisturbed);
    }
  }

  private Map<Long, String> predictionsOf(EmbeddedRedis redis, String stream, boolean disturb)
      throws Exception {
    Path log = folder.resolve(stream + ".log");
    try (ServiceProcess registry = ServiceProcess.start(log, "registry", "--port", "0");
        ServiceProcess server = ServiceProcess.start(log, "serve", "--port", "0")) {
      String target = server.address();
      try (ServiceProcess first = consumer(log, redis, stream, target, registry.address());
          ServiceProcess second = consumer(log, redis, stream, target, registry.address());
          ServiceProcess emitter = emitter(log, redis, stream)) {
        if (disturb) {
          disturb(redis, stream, server, first, target, log);
        }
        assertThat(emitter.await(300)).as(emitter.printed()).isZero();
        first.terminate();
        second.terminate();
      }
    }
    assertThat(reconcile(redis, stream)).isZero();
    return publishedBy(redis, stream);
  }

  private void disturb(
      EmbeddedRedis redis,
      String stream,
      ServiceProcess server,
      ServiceProcess consumer,
      String target,
      Path log)
      throws Exception {
    awaitPredicted(redis, stream, 200);
    consumer.kill();
    awaitPredicted(redis, stream, 500);
    server.kill();
    String port = target.substring(target.lastIndexOf(':') + 1);
    replace(log, "serve", "--port", port);
    replace(log, "consume", "--redis", redis.uri(), "--stream", stream, "--model-server", target);
  }

  private void replace(Path log, String... arguments) throws Exception {
    ServiceProcess replacement = ServiceProcess.start(log, arguments);
    replacements.add(replacement);
    replacement.awaitAnnounced();
  }

  @AfterEach
  void stopReplacements() {
    replacements.forEach(ServiceProcess::close);
  }

  private static ServiceProcess consumer(
      Path log, EmbeddedRedis redis, String stream, String target, String registry)
      throws Exception {
    return ServiceProcess.start(
            log,
            "consume",
            "--redis",
            redis.uri(),
            "--stream",
            stream,
            "--model-server",
            target,
            "--registry",
            registry)
        .awaitAnnounced();
  }

  /** Slow enough that the kills fall into the middle. */
  private static ServiceProcess emitter(Path log, EmbeddedRedis redis, String stream) {
    return ServiceProcess.start(
        log,
        "emit",
        "--redis",
        redis.uri(),
        "--stream",
        stream,
        "--events",
        EVENTS,
        "--rate",
        "1500");
  }

  private static int reconcile(EmbeddedRedis redis, String stream) {
    return Main.execute(
        Map.of(), "reconcile", "--redis", redis.uri(), "--stream", stream, "--json");
  }

  private static void awaitPredicted(EmbeddedRedis redis, String stream, int events)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (publishedBy(redis, stream).size() < events) {
      assertThat(System.nanoTime()).as("deadline for " + events + " events").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static Map<Long, String> publishedBy(EmbeddedRedis redis, String stream) {
    Map<Long, String> directions = new TreeMap<>();
    try (RedisEventLog log =
        RedisEventLog.connect(new RedisSettings(redis.uri(), stream, OptionalInt.empty()))) {
      for (int partition = 0; partition < log.partitionCount(); partition++) {
        for (PublishedEntry entry : log.predictions(partition, "", 100_000)) {
          for (Prediction prediction :
              PredictionBatch.parseFrom(entry.payload()).getPredictionsList()) {
            String direction = prediction.getAzimuthRad() + " " + prediction.getZenithRad();
            assertThat(directions.put(prediction.getEventId(), direction)).isNull();
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return directions;
  }
}
