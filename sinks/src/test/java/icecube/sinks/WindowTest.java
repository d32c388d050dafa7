// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import icecube.sinks.WindowFigures.ModelVersion;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final Places PLACES = Places.beginning(1);

  @Test
  void addsUpWhatWasReadByVersion() {
    Window window = new Window(id -> null);
    window.add(PublishedEvents.batch("direction", "1", LongStream.of(1, 2, 3)));
    window.add(PublishedEvents.batch("direction", "2", LongStream.of(4)));
    window.addDeadLetters(1);

    WindowFigures figures = window.end(2, 5_000, PLACES);

    assertThat(figures.stream())
        .containsEntry("events", 4.0)
        .containsEntry("events_per_second", 2.0)
        .containsEntry("dead_letters", 1.0)
        .containsEntry("dead_letter_share", 0.2)
        .containsEntry("radius50_mean_rad", 0.1)
        .doesNotContainKeys("score_rad", "scored_events", "score_stderr_rad");
    assertThat(figures.stream().get("age_p50_ms")).isCloseTo(20, within(0.1));
    assertThat(figures.stream().get("age_p99_ms")).isCloseTo(20, within(0.1));
    assertThat(figures.models().keySet())
        .containsExactly(new ModelVersion("direction", "1"), new ModelVersion("direction", "2"));
    assertThat(figures.models().get(new ModelVersion("direction", "1")))
        .containsEntry("events", 3.0)
        .containsEntry("events_per_second", 1.5)
        .doesNotContainKey("dead_letters");
  }

  @Test
  void scoresWhereTruthIsKnownWithItsStandardError() {
    // Errors 0, 1 and 2 rad: mean 1, sample deviation 1, standard error 1 / sqrt(3).
    Map<Long, Direction> truth =
        Map.of(
            1L, Direction.ofAngles(0, 0),
            2L, Direction.ofAngles(0, 1),
            3L, Direction.ofAngles(0, 2));
    Window window = new Window(truth::get);
    window.add(PublishedEvents.batch("direction", "1", LongStream.of(1, 2, 3, 4)));

    Map<String, Double> figures = window.end(1, 0, PLACES).stream();

    assertThat(figures).containsEntry("scored_events", 3.0).containsEntry("events", 4.0);
    assertThat(figures.get("score_rad")).isCloseTo(1, within(1e-12));
    assertThat(figures.get("score_stderr_rad")).isCloseTo(1 / Math.sqrt(3), within(1e-12));
  }

  @Test
  void saysNothingOfWhatIsUnknown() {
    Window window = new Window(id -> null);
    window.add(
        PredictionBatch.newBuilder()
            .addPredictions(Prediction.newBuilder().setEventId(1).setModelName("line-fit"))
            .build());

    assertThat(window.end(1, 0, PLACES).stream()).doesNotContainKey("radius50_mean_rad");
    assertThat(new Window(id -> null).end(1, 0, PLACES).stream())
        .containsEntry("events", 0.0)
        .doesNotContainKeys("age_p50_ms", "dead_letter_share");
  }

  @Test
  void oneScoredEventHasNoError() {
    Window window = new Window(id -> Direction.ofAngles(0, 1));
    window.add(PublishedEvents.batch("direction", "1", LongStream.of(1)));

    assertThat(window.end(1, 0, PLACES).stream())
        .containsKey("score_rad")
        .doesNotContainKey("score_stderr_rad");
  }

  @Test
  void tellsApartSoManyVersionsAndCountsTheRest() {
    Window window = new Window(id -> null);
    for (int version = 0; version <= Window.VERSION_COUNT_MAX; version++) {
      window.add(PublishedEvents.batch("direction", "v" + version, LongStream.of(version)));
    }

    WindowFigures figures = window.end(1, 0, PLACES);

    assertThat(figures.models()).hasSize(Window.VERSION_COUNT_MAX);
    assertThat(figures.stream()).containsEntry("events", Window.VERSION_COUNT_MAX + 1.0);
  }
}
