// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import icecube.load.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** How {@code icecube serve} answers at half of its capacity, and at three times of it. */
final class ServingLimits {
  /**
   * A server takes only so many calls of one connection at once; the rest would wait on this side,
   * where it can neither see nor shed them.
   */
  private static final int OVERLOAD_CONNECTIONS = 16;

  private final ServingPeer icecube;
  private final InProcessOnnx onnx;
  private final double seconds;

  ServingLimits(ServingPeer icecube, InProcessOnnx onnx, double seconds) {
    this.icecube = icecube;
    this.onnx = onnx;
    this.seconds = seconds;
  }

  /** Single events at half of what was measured, at random times, beside the bare model. */
  void latencyAtHalfLoad(double capacity) throws Exception {
    long[] alone = onnx.aloneNanosByRows(9);
    System.out.printf(
        Locale.ROOT, "%nsingle events at 50 %% load (%,.0f/s, Poisson)%n", capacity / 2);
    for (Protocol protocol : List.of(Protocol.INFER, Protocol.PREDICT_STREAM)) {
      List<Double> ratios = new ArrayList<>();
      List<Double> bare = new ArrayList<>();
      OtherWork otherWork = new OtherWork();
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
        System.out.printf(
            Locale.ROOT,
            "  %-15s p50 %.3f ms, p99 %.3f ms, send delay p99 %.3f ms, %s; others %.2f"
                + " processors%n",
            protocol,
            result.latency().p50Millis(),
            result.latency().p99Millis(),
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
    }
  }

  private static double percentile(List<Double> values, double percent) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  /** Three times what was measured, and what comes after. */
  void overload(double capacity) throws Exception {
    double perSecond = 3 * capacity / 64;
    OtherWork otherWork = new OtherWork();
    double before = icecube.vitals().look().residentBytes();
    try (Connections connections = ServingLoad.connect(icecube, OVERLOAD_CONNECTIONS);
        Caller caller = ServingLoad.caller(connections, Protocol.INFER, 64)) {
      LoadResult result =
          ServingLoad.run(
              caller,
              new Pace.Rate(perSecond, true),
              ServingLoad.window(2 * seconds),
              LoadRun.Samples.NONE);
      long failed = result.requests() - result.ok();
      System.out.printf(
          Locale.ROOT,
          "%n3x overload (%,.0f requests/s of 64): goodput %,.0f events/s = %.2f of capacity; %s,"
              + " %d of %d failures told when to retry; p99 of those answered %.0f ms; resident"
              + " %,.0f -> %,.0f MiB; others %.2f processors%n",
          perSecond,
          result.itemsPerSecond(),
          result.itemsPerSecond() / capacity,
          result.statuses(),
          result.withPushback(),
          failed,
          result.latency().p99Millis(),
          before / (1 << 20),
          icecube.vitals().look().residentBytes() / (1 << 20),
          otherWork.processors());
      LoadResult after = recovery(caller, perSecond);
      System.out.printf(
          Locale.ROOT,
          "from 1 s after an overload of 3 s, at 50 %% load: %s, p50 %.0f ms, p99 %.0f ms%n",
          after.statuses(),
          after.latency().p50Millis(),
          after.latency().p99Millis());
    }
  }

  /** Three seconds of overload, then half load; what is meant to be sent a second later counts. */
  private LoadResult recovery(Caller caller, double overloadPerSecond) throws InterruptedException {
    long[] times =
        IntStream.concat(
                IntStream.range(0, (int) (3 * overloadPerSecond))
                    .map(i -> (int) (i * 1e6 / overloadPerSecond)),
                IntStream.range(0, (int) (5 * overloadPerSecond / 6))
                    .map(i -> 3_000_000 + (int) (i * 6e6 / overloadPerSecond)))
            .mapToLong(micros -> TimeUnit.MICROSECONDS.toNanos(micros))
            .toArray();
    return ServingLoad.run(
        caller,
        new Pace.Replay(times),
        Window.of(Duration.ofSeconds(4), Duration.ofSeconds(4)),
        LoadRun.Samples.NONE);
  }
}
