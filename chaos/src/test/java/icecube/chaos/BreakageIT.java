// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.EmbeddedRedis;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checks find what is spoiled by plain commands in a Redis. */
@Timeout(60)
final class BreakageIT {
  private static final long EVENTS = 10;

  @TempDir private static Path folder;
  private static EmbeddedRedis redis;

  private final String stream = "spoiled-" + System.nanoTime();

  @BeforeAll
  static void start() {
    redis = EmbeddedRedis.start(folder);
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  void wholeLogHasNoViolation() throws Exception {
    assertThat(after(Breakage.NONE).violations()).isEmpty();
  }

  @Test
  void deletedEntryIsLost() throws Exception {
    assertThat(after(Breakage.LOSE).lost()).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void entryThatIsThereTwiceIsDoubled() throws Exception {
    assertThat(after(Breakage.DOUBLE).doubled()).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void eventThatTheSourceDoesNotHaveIsForeign() throws Exception {
    assertThat(after(Breakage.FOREIGN).foreign()).containsExactly(1_000_000_008L);
  }

  @Test
  void predictionThatPointsElsewhereIsFound() throws Exception {
    assertThat(after(Breakage.TURN).otherDirection()).containsExactly(1L);
  }

  private Verdict after(Breakage breakage) throws Exception {
    Map<Long, Reference.Direction> expected = new HashMap<>();
    try (var raw = RawRedis.connect(URI.create(redis.uri()).getPort())) {
      for (long id = 1; id <= EVENTS; id += 2) {
        var batch = PredictionBatch.newBuilder();
        for (long each = id; each < id + 2; each++) {
          batch.addPredictions(
              Prediction.newBuilder().setEventId(each).setAzimuthRad(1).setZenithRad(2));
          expected.put(each, new Reference.Direction(1, 2));
        }
        raw.ask(
            bytes("XADD"),
            bytes(Accounts.key(stream, 1, "predictions")),
            bytes("*"),
            bytes("s"),
            bytes(id + "-0"),
            bytes("d"),
            batch.build().toByteArray());
      }
      breakage.plant(raw, stream, 2);
      return Verdict.of(Published.read(raw, stream, 2), expected, Set.of());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
