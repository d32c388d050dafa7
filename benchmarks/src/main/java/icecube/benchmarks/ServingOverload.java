// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.benchmarks.Recovery.Probe;
import icecube.benchmarks.ServerVitals.Look;
import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import icecube.load.Window;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** How {@code icecube serve} does when three times of what it can do is asked, and afterwards. */
final class ServingOverload {
  private static final int ITEMS = 64;
  private static final double FACTOR = 3;

  /**
   * A server takes only so many calls of one connection at once; the rest would wait on this side,
   * where it can neither see nor shed them.
   */
  private static final int CONNECTIONS = 16;

  /** Callers who cannot wait for long: a server sheds what it would answer too late. */
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static final double GOODPUT_MIN = 0.9;
  private static final double RECOVERY_SECONDS_MAX = 1;

  /** What a server's queue may hold by its settings, and as much again for what is under way. */
  private static final double MEBIBYTES_MAX = 512;

  private static final double MEBIBYTE = 1 << 20;
  private static final long BEFORE_SECONDS = 4;
  private static final long OVERLOAD_SECONDS = 3;
  private static final long AFTER_SECONDS = 4;
  private static final long PROBE_GAP_MILLIS = 20;

  private final ServingPeer icecube;
  private final ServerVitals vitals;
  private final Limits limits;

  ServingOverload(ServingPeer icecube, Limits limits) {
    this.icecube = icecube;
    this.vitals = icecube.vitals();
    this.limits = limits;
  }

  /** Measures, prints; so many seconds of overload each time. */
  void run(int repeats, double seconds) throws Exception {
    double[] capacity = new double[repeats];
    double[] goodput = new double[repeats];
    long failed = 0;
    long untold = 0;
    var otherWork = new OtherWork();
    System.out.printf(
        Locale.ROOT,
        "%n%.0fx overload: requests of %d, to be answered within %d ms%n",
        FACTOR,
        ITEMS,
        TIMEOUT.toMillis());
    try (Connections connections = ServingLoad.connect(icecube, CONNECTIONS);
        Caller caller = ServingLoad.caller(connections, Protocol.INFER, ITEMS, TIMEOUT)) {
      for (int repeat = 0; repeat < repeats; repeat++) {
        capacity[repeat] =
            ServingLoad.run(
                    caller,
                    new Pace.Closed(ServingLoad.IN_FLIGHT),
                    ServingLoad.window(seconds / 2),
                    LoadRun.Samples.NONE)
                .itemsPerSecond();
        var result =
            ServingLoad.run(
                caller,
                new Pace.Rate(FACTOR * capacity[repeat] / ITEMS, true),
                ServingLoad.window(seconds),
                LoadRun.Samples.NONE);
        goodput[repeat] = result.itemsPerSecond();
        long refused = result.requests() - result.ok();
        long shed = result.statuses().getOrDefault("RESOURCE_EXHAUSTED", 0L);
        failed += refused - shed;
        untold += shed - result.withPushback();
        System.out.printf(
            Locale.ROOT,
            "  %,.0f events/s at capacity, %,.0f at %.0f times of it: %s, p50 %.0f ms, p99 %.0f"
                + " ms%n",
            capacity[repeat],
            goodput[repeat],
            FACTOR,
            result.statuses(),
            result.latency().p50Millis(),
            result.latency().p99Millis());
      }
      var ratio = Spread.pairwise(goodput, capacity);
      System.out.printf(
          Locale.ROOT,
          "  goodput / capacity, pair by pair%s; others %.2f processors%n",
          ratio.with(2),
          otherWork.processors());
      limits.atLeast("goodput / capacity", ratio.median(), GOODPUT_MIN);
      limits.atMost("calls that failed and were not shed", (double) failed, 0);
      limits.atMost("calls shed without pushback", (double) untold, 0);
      recovery(caller, Spread.of(capacity).median());
    }
  }

  /** Half load, an overload, half load, beside it single events one after the other. */
  private void recovery(Caller caller, double capacity) throws Exception {
    Look before = collected();
    Queue<Probe> probes = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    long start = System.nanoTime();
    Look during;
    LoadResult result;
    try {
      Future<LoadResult> load =
          threads.submit(() -> run(caller, new Pace.Replay(times(capacity)), LoadRun.Samples.NONE));
      Future<LoadResult> probing = threads.submit(() -> probe(probes));
      // While the overload is at its height.
      TimeUnit.MILLISECONDS.sleep(1_000 * (BEFORE_SECONDS + OVERLOAD_SECONDS) - 500);
      during = collected();
      result = load.get();
      var unused = probing.get();
    } finally {
      threads.shutdownNow();
    }
    Look after = collected();
    long overloadNanos = start + TimeUnit.SECONDS.toNanos(BEFORE_SECONDS);
    long endNanos = overloadNanos + TimeUnit.SECONDS.toNanos(OVERLOAD_SECONDS);
    // The first second is left out, as connections are made.
    long good = Recovery.p99Nanos(probes, start + TimeUnit.SECONDS.toNanos(1), overloadNanos);
    long gap = TimeUnit.MILLISECONDS.toNanos(PROBE_GAP_MILLIS);
    System.out.printf(
        Locale.ROOT,
        "half load, %.0fx for %d s, half load: %s; single events at half load p99 %.1f ms%n",
        FACTOR,
        OVERLOAD_SECONDS,
        result.statuses(),
        good / 1e6);
    System.out.printf(
        Locale.ROOT,
        "  before, at the height, after: live heap %s MiB, resident %s MiB%n",
        mebibytes(Look::heapBytes, before, during, after),
        mebibytes(Look::residentBytes, before, during, after));
    limits.atMost(
        "seconds until 10 single events in a row are as fast as before",
        Recovery.seconds(probes, endNanos, gap, good),
        RECOVERY_SECONDS_MAX);
    limits.atMost(
        "MiB of live heap more at the height",
        (during.heapBytes() - before.heapBytes()) / MEBIBYTE,
        MEBIBYTES_MAX);
  }

  private Look collected() throws Exception {
    vitals.collectGarbage();
    return vitals.look();
  }

  private static String mebibytes(ToDoubleFunction<Look> quantity, Look... looks) {
    return String.join(
        " -> ",
        Arrays.stream(looks)
            .map(look -> quantity.applyAsDouble(look) / MEBIBYTE)
            .map(mebibytes -> String.format(Locale.ROOT, "%,.0f", mebibytes))
            .toList());
  }

  /** When requests are sent: at half of the capacity, at three times of it, at half again. */
  private static long[] times(double capacity) {
    long second = TimeUnit.SECONDS.toNanos(1);
    long overload = BEFORE_SECONDS * second;
    long end = overload + OVERLOAD_SECONDS * second;
    return LongStream.concat(
            LongStream.concat(
                evenly(0.5 * capacity, 0, overload), evenly(FACTOR * capacity, overload, end)),
            evenly(0.5 * capacity, end, end + AFTER_SECONDS * second))
        .toArray();
  }

  private static LongStream evenly(double eventsPerSecond, long fromNanos, long untilNanos) {
    double perNano = eventsPerSecond / ITEMS / 1e9;
    return LongStream.range(0, (long) (perNano * (untilNanos - fromNanos)))
        .map(i -> fromNanos + (long) (i / perNano));
  }

  private LoadResult probe(Queue<Probe> probes) throws InterruptedException {
    try (Connections connections = ServingLoad.connect(icecube);
        Caller single = ServingLoad.caller(connections, Protocol.INFER, 1, TIMEOUT)) {
      return run(
          single,
          new Pace.Rate(1_000.0 / PROBE_GAP_MILLIS, false),
          (request, nanos) -> probes.add(new Probe(System.nanoTime() - nanos, nanos)));
    }
  }

  private static LoadResult run(Caller caller, Pace pace, LoadRun.Samples samples)
      throws InterruptedException {
    long seconds = BEFORE_SECONDS + OVERLOAD_SECONDS + AFTER_SECONDS;
    return ServingLoad.run(
        caller, pace, Window.of(Duration.ZERO, Duration.ofSeconds(seconds)), samples);
  }
}
