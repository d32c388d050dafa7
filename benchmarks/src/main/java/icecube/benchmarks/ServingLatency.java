// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.Pace;
import icecube.load.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How fast {@code icecube serve} answers single events at half of its capacity, beside the bare run
 * of the same events.
 *
 * <p>The limit is on the 99th percentile of the one over that of the other. Printed too is the
 * stricter quotient, event by event: there, a short event that waits behind a long one counts as
 * slow, whatever the server does.
 */
final class ServingLatency {
  private static final double RATIO_MAX = 3;

  private final ServingPeer icecube;
  private final InProcessOnnx onnx;
  private final double seconds;
  private final Limits limits;

  ServingLatency(ServingPeer icecube, InProcessOnnx onnx, double seconds, Limits limits) {
    this.icecube = icecube;
    this.onnx = onnx;
    this.seconds = seconds;
    this.limits = limits;
  }

  /**
   * Single events at random times.
   *
   * @param capacity of single events a second
   */
  void atHalfLoad(double capacity) throws Exception {
    long[] alone = onnx.aloneNanosByRows(9);
    System.out.printf(
        Locale.ROOT, "%nsingle events at 50 %% load (%,.0f/s, Poisson)%n", capacity / 2);
    for (Protocol protocol : List.of(Protocol.INFER, Protocol.PREDICT_STREAM)) {
      List<Double> ratios = new ArrayList<>();
      List<Double> bare = new ArrayList<>();
      OtherWork otherWork = new OtherWork();
      double p99Millis;
      try (Connections connections = ServingLoad.connect(icecube);
          Caller caller = ServingLoad.caller(connections, protocol, 1)) {
        LoadResult result =
            ServingLoad.run(
                caller,
                new Pace.Rate(capacity / 2, true),
                ServingLoad.window(2 * seconds),
                (request, nanos) -> {
                  long bareNanos = alone[caller.rowCount(request)];
                  synchronized (ratios) {
                    ratios.add((double) nanos / bareNanos);
                    bare.add(bareNanos / 1e6);
                  }
                });
        p99Millis = result.latency().p99Millis();
        System.out.printf(
            Locale.ROOT,
            "  %-15s p50 %.3f ms, p99 %.3f ms, send delay p99 %.3f ms, %s; others %.2f"
                + " processors%n",
            protocol,
            result.latency().p50Millis(),
            p99Millis,
            result.sendDelay().p99Millis(),
            result.statuses(),
            otherWork.processors());
      }
      System.out.printf(
          Locale.ROOT,
          "  %-15s bare model of these events p50 %.3f ms, p99 %.3f ms; latency / bare time of the"
              + " same event p50 %.2f, p99 %.2f%n",
          "",
          percentile(bare, 50),
          percentile(bare, 99),
          percentile(ratios, 50),
          percentile(ratios, 99));
      limits.atMost(
          protocol + " p99 / p99 of the bare model", p99Millis / percentile(bare, 99), RATIO_MAX);
    }
  }

  private static double percentile(List<Double> values, double percent) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
