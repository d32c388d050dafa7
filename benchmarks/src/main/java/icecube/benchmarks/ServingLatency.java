// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.Pace;
import icecube.load.Protocol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * How fast {@code icecube serve} answers single events at half of its capacity, beside ONNX Runtime
 * in this process, asked by the same load at the same pace.
 *
 * <p>The limit is on the 99th percentile of the answers over that of the bare runs of events that
 * are as long at the same pace, pair by pair. Printed too are stricter quotients: over the runs of
 * a loop that does nothing else, in which caches are warm and no run is disturbed, and over that
 * event by event, where a short event that waits behind a long one counts as slow.
 */
final class ServingLatency {
  private static final double RATIO_MAX = 3;

  /** As many as a caller prepares. */
  private static final int EVENTS = 1_024;

  private static final int LOOP_REPEATS = 9;

  private final ServingPeer icecube;
  private final InProcessOnnx onnx;
  private final int repeats;
  private final double seconds;
  private final Limits limits;

  ServingLatency(
      ServingPeer icecube, InProcessOnnx onnx, int repeats, double seconds, Limits limits) {
    this.icecube = icecube;
    this.onnx = onnx;
    this.repeats = repeats;
    this.seconds = seconds;
    this.limits = limits;
  }

  /** Percentiles of one measurement, each by its name. */
  private static final class Figures {
    private final Map<String, List<Double>> byName = new LinkedHashMap<>();

    void add(String name, double value) {
      byName.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
    }

    double[] of(String name) {
      return byName.getOrDefault(name, List.of()).stream().mapToDouble(each -> each).toArray();
    }

    Spread ratio(String above, String below) {
      return Spread.pairwise(of(above), of(below));
    }
  }

  /**
   * Single events at random times.
   *
   * @param capacity of single events a second
   */
  void atHalfLoad(double capacity) throws Exception {
    var pace = new Pace.Rate(capacity / 2, true);
    List<Protocol> protocols = List.of(Protocol.INFER, Protocol.PREDICT_STREAM);
    var figures = new Figures();
    var otherWork = new OtherWork();
    // The first round warms up.
    for (int repeat = -1; repeat < repeats; repeat++) {
      Figures counted = repeat < 0 ? new Figures() : figures;
      long[] loopNanos = onnx.aloneNanosByRows(LOOP_REPEATS);
      inProcess(pace, loopNanos, counted);
      for (Protocol protocol : protocols) {
        served(protocol, pace, loopNanos, counted);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%nsingle events at 50 %% load (%,.0f/s, Poisson; others kept %.2f processors busy)%n",
        capacity / 2,
        otherWork.processors());
    System.out.println(
        "  ms                                                  median  (min .. max)");
    figures.byName.forEach(
        (name, unused) ->
            System.out.printf(
                Locale.ROOT, "  %-42s%s%n", name, Spread.of(figures.of(name)).with(3)));
    for (Protocol protocol : protocols) {
      String p99 = protocol + " p99";
      Spread overPaced = figures.ratio(p99, "bare run p99");
      System.out.printf(
          "  %-15s p99, pair by pair, / bare run p99%s%n", protocol, overPaced.with(2));
      System.out.printf(
          "  %-15s                    / in process p99%s%n",
          "", figures.ratio(p99, "in process p99").with(2));
      System.out.printf(
          "  %-15s                    / run in a loop p99%s%n",
          "", figures.ratio(p99, "run in a loop p99").with(2));
      limits.atMost(protocol + " p99 / p99 of the bare model", overPaced.median(), RATIO_MAX);
    }
  }

  private void inProcess(Pace pace, long[] loopNanos, Figures figures) throws Exception {
    List<PaddedEvents> events = PaddedEvents.draw(EVENTS, 1, ServingLoad.ROWS, ServingLoad.SEED);
    List<Double> runs = Collections.synchronizedList(new ArrayList<>());
    long fromNanos = System.nanoTime() + ServingLoad.WARM_UP.toNanos();
    LongConsumer ran =
        nanos -> {
          if (System.nanoTime() - nanos - fromNanos >= 0) {
            runs.add(nanos / 1e6);
          }
        };
    try (Caller caller = new InProcessCaller(onnx, events, ran)) {
      run(caller, pace, loopNanos, "in process", figures);
    }
    List<Double> loop = events.stream().map(each -> loopNanos[each.longest()] / 1e6).toList();
    figures.add("run in a loop p50", percentile(loop, 50));
    figures.add("run in a loop p99", percentile(loop, 99));
    figures.add("bare run p50", percentile(runs, 50));
    figures.add("bare run p99", percentile(runs, 99));
  }

  private void served(Protocol protocol, Pace pace, long[] loopNanos, Figures figures)
      throws Exception {
    try (Connections connections = ServingLoad.connect(icecube);
        Caller caller = ServingLoad.caller(connections, protocol, 1)) {
      LoadResult result = run(caller, pace, loopNanos, protocol.toString(), figures);
      figures.add(protocol + " send delay p99", result.sendDelay().p99Millis());
    }
  }

  private LoadResult run(Caller caller, Pace pace, long[] loopNanos, String name, Figures figures)
      throws InterruptedException {
    List<Double> ratios = Collections.synchronizedList(new ArrayList<>());
    LoadResult result =
        ServingLoad.run(
            caller,
            pace,
            ServingLoad.window(seconds),
            (request, nanos) -> ratios.add((double) nanos / loopNanos[caller.rowCount(request)]));
    long lost = result.requests() - result.ok();
    if (lost > 0) {
      limits.atMost("requests not answered, of " + result.statuses(), (double) lost, 0);
    }
    figures.add(name + " p50", result.latency().p50Millis());
    figures.add(name + " p99", result.latency().p99Millis());
    figures.add(name + " event by event p50, times", percentile(ratios, 50));
    figures.add(name + " event by event p99, times", percentile(ratios, 99));
    return result;
  }

  private static double percentile(List<Double> values, double percent) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
