// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.PublishedEntry;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Quality;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mesh whose model cannot be loaded, and whose consumer is content with the line fit. */
@Timeout(120)
final class DegradedMeshIT {
  private static final int EVENTS = 64;

  @TempDir private Path folder;

  @Test
  void everyEventIsPredictedByTheLineFitAndFlagged() throws Exception {
    Path version = Files.createDirectories(folder.resolve("models/broken/1"));
    Files.writeString(version.resolve("model.onnx"), "no graph");
    Path errors = folder.resolve("errors.log");
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
        EventLog log =
            RedisEventLog.connect(new RedisSettings(redis.uri(), "icecube", OptionalInt.of(1)));
        ServiceProcess server =
            ServiceProcess.start(
                errors, "serve", "--port", "0", "--models", folder.resolve("models").toString());
        ServiceProcess consumer =
            ServiceProcess.start(
                errors,
                "consume",
                "--redis",
                redis.uri(),
                "--model-server",
                server.address(),
                "--model",
                "broken",
                "--degraded",
                "allow");
        ServiceProcess emitter =
            ServiceProcess.start(
                errors, "emit", "--redis", redis.uri(), "--events", Integer.toString(EVENTS))) {
      List<Prediction> predictions = awaitPredictions(log);

      assertThat(consumer.isAlive()).isTrue();
      assertThat(emitter.await(30)).isZero();
      assertThat(predictions).extracting(Prediction::getModelName).containsOnly("line-fit");
      assertThat(predictions)
          .allSatisfy(each -> assertThat(each.getQualityList()).contains(Quality.QUALITY_DEGRADED));
      // As the column of a file shows it.
      assertThat(PredictionRows.of(predictions.get(0)).quality()).contains("DEGRADED");
    }
  }

  private static List<Prediction> awaitPredictions(EventLog log) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    List<Prediction> predictions = new ArrayList<>();
    String read = "";
    while (predictions.size() < EVENTS) {
      assertThat(System.nanoTime()).as("deadline for all predictions").isLessThan(deadline);
      for (PublishedEntry entry : log.predictions(0, read, EVENTS)) {
        predictions.addAll(PredictionBatch.parseFrom(entry.payload()).getPredictionsList());
        read = entry.id();
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return predictions;
  }
}
