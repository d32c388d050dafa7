// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.sinks.WindowFigures.ModelVersion;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import io.opentelemetry.api.trace.SpanContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a stream between two moments, added up. The score is the mean of Kaggle's angular
 * error over the events whose truth is known, rad, and its standard error s / sqrt(n) with s the
 * sample's standard deviation. Memory does not grow with events. Confined to one thread.
 */
final class Window {
  /**
   * Versions told apart in one window; those beyond it are counted in the stream's figures only.
   */
  static final int VERSION_COUNT_MAX = 16;

  /** Spans of entries that a window's own span is linked to. */
  static final int LINK_COUNT_MAX = 64;

  private static final long AGE_MAX_MICROS = 3_600_000_000L;

  private final LongFunction<@Nullable Direction> truth;
  private final Histogram ageMicros = new Histogram(AGE_MAX_MICROS, 3);
  private final SortedMap<ModelVersion, Sums> byVersion = new TreeMap<>();
  private final Sums all = new Sums();
  private final List<SpanContext> traced = new ArrayList<>();
  private long deadLetters;

  /** Sums over events. */
  private static final class Sums {
    private long events;
    private long scored;
    private double meanErrorRad;
    private double squaresRad;
    private long withRadius;
    private double radius50SumRad;

    // Welford's recurrence: the sum of squares about the running mean does not cancel.
    private void add(Prediction prediction, @Nullable Direction truth) {
      events++;
      if (prediction.hasRadius50Rad()) {
        withRadius++;
        radius50SumRad += prediction.getRadius50Rad();
      }
      if (truth != null) {
        double error =
            AngularError.kaggleRad(
                truth.azimuthRad(),
                truth.zenithRad(),
                prediction.getAzimuthRad(),
                prediction.getZenithRad());
        scored++;
        double before = meanErrorRad;
        meanErrorRad += (error - before) / scored;
        squaresRad += (error - before) * (error - meanErrorRad);
      }
    }

    private Map<String, Double> figures(double seconds) {
      Map<String, Double> figures = new HashMap<>();
      figures.put("events", (double) events);
      figures.put("events_per_second", events / seconds);
      if (withRadius > 0) {
        figures.put("radius50_mean_rad", radius50SumRad / withRadius);
      }
      if (scored > 0) {
        figures.put("scored_events", (double) scored);
        figures.put("score_rad", meanErrorRad);
      }
      if (scored > 1) {
        figures.put("score_stderr_rad", Math.sqrt(squaresRad / (scored - 1) / scored));
      }
      return figures;
    }
  }

  /**
   * @param truth the true direction of an event, or null where nobody knows it
   */
  Window(LongFunction<@Nullable Direction> truth) {
    this.truth = truth;
  }

  void add(PredictionBatch batch) {
    long age = batch.getPublishedUnixUs() - batch.getEmittedUnixUs();
    for (Prediction prediction : batch.getPredictionsList()) {
      ageMicros.recordValue(Math.max(0, Math.min(AGE_MAX_MICROS, age)));
      Direction known = truth.apply(prediction.getEventId());
      all.add(prediction, known);
      var version = new ModelVersion(prediction.getModelName(), prediction.getModelVersion());
      if (byVersion.containsKey(version) || byVersion.size() < VERSION_COUNT_MAX) {
        byVersion.computeIfAbsent(version, unused -> new Sums()).add(prediction, known);
      }
    }
  }

  /** Notes the span that added an entry, if it is sampled. */
  void link(SpanContext span) {
    if (span.isSampled() && traced.size() < LINK_COUNT_MAX) {
      traced.add(span);
    }
  }

  void addDeadLetters(int count) {
    deadLetters += count;
  }

  /** What it came to, ended after so long at such a time. */
  WindowFigures end(double seconds, long endMillis, Places places) {
    Map<String, Double> stream = all.figures(seconds);
    stream.put("dead_letters", (double) deadLetters);
    if (all.events + deadLetters > 0) {
      stream.put("dead_letter_share", deadLetters / (double) (all.events + deadLetters));
    }
    if (all.events > 0) {
      stream.put("age_p50_ms", ageMicros.getValueAtPercentile(50) / 1e3);
      stream.put("age_p99_ms", ageMicros.getValueAtPercentile(99) / 1e3);
    }
    SortedMap<ModelVersion, Map<String, Double>> models = new TreeMap<>();
    byVersion.forEach((version, sums) -> models.put(version, sums.figures(seconds)));
    return new WindowFigures(endMillis, stream, models, places, traced);
  }
}
