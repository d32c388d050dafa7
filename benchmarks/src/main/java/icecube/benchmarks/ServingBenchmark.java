// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import static java.util.Objects.requireNonNull;

import icecube.benchmarks.InProcessOnnx.Batching;
import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same ONNX transformer on the same ragged events, asked of {@code icecube serve}, of ONNX
 * Runtime in this process, of FastAPI and of Triton from PyPI, in turn, in one run.
 *
 * <p>Arguments: repeats (3), seconds a measurement (5). Everything, the load included, shares the
 * processors of one machine. Exits 1 if a limit is missed.
 */
public final class ServingBenchmark {
  private static final int[] ITEMS = {1, 16, 64};

  /** Requests of so many events are held to limits. */
  private static final int ITEMS_LIMITED = 64;

  private static final double IN_PROCESS_MIN = 0.8;
  private static final double OTHERS_MIN = 4;
  private static final String IN_PROCESS = "ONNX Runtime in process";
  private static final String INFER = "icecube ModelInfer";
  private static final String PREDICT_STREAM = "icecube PredictStream";
  private static final int POOL_EVENTS = 4_096;
  private static final Path CACHE = Path.of(".cache", "serving");

  private final int repeats;
  private final double seconds;
  private final InProcessOnnx onnx;
  private final ServingPeer icecube;
  private final Map<String, ServingPeer> others = new LinkedHashMap<>();
  private final Limits limits = new Limits();

  private ServingBenchmark(int repeats, double seconds, InProcessOnnx onnx, ServingPeer icecube) {
    this.repeats = repeats;
    this.seconds = seconds;
    this.onnx = onnx;
    this.icecube = icecube;
  }

  /** Prepares, measures, prints. */
  public static void main(String[] arguments) throws Exception {
    int repeats = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 5;
    int prepared =
        new ProcessBuilder("benchmarks/serving/prepare.sh").inheritIO().start().waitFor();
    if (prepared != 0) {
      throw new IllegalStateException("benchmarks/serving/prepare.sh: " + prepared);
    }
    Path models = CACHE.resolve("models");
    Path model = models.resolve("transformer/1/model.onnx");
    Path logs = Files.createDirectories(CACHE.resolve("logs"));
    int missed;
    try (InProcessOnnx onnx = new InProcessOnnx(model);
        ServingPeer icecube = ServingPeer.icecube(models, logs.resolve("icecube.log"), "")) {
      var benchmark = new ServingBenchmark(repeats, seconds, onnx, icecube);
      try {
        benchmark.startOthers(model, logs);
        benchmark.run();
      } finally {
        benchmark.others.values().forEach(ServingPeer::close);
      }
      missed = benchmark.limits.missed();
    }
    if (missed > 0) {
      System.exit(1);
    }
  }

  private void startOthers(Path model, Path logs) throws InterruptedException {
    start("FastAPI", () -> ServingPeer.fastApi(model, logs.resolve("fastapi.log")));
    start("Triton", () -> ServingPeer.triton(model, logs.resolve("triton.log")));
  }

  /** How a peer is started. */
  private interface Start {
    ServingPeer start() throws Exception;
  }

  @SuppressWarnings("CatchAndPrintStackTrace") // told in a line; the others are measured
  private void start(String name, Start start) throws InterruptedException {
    try {
      others.put(name, start.start());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      System.out.println("SKIPPED " + name + ": " + e.getMessage());
    }
  }

  private void run() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%d processors, Java %s, %d repeats of %.0f s, %d in flight, rows log-normal 60 (sigma"
            + " 0.8), 8..256%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        repeats,
        seconds,
        ServingLoad.IN_FLIGHT);
    OtherWork otherWork = new OtherWork();
    double singles = 0;
    for (int items : ITEMS) {
      double rate = throughput(items);
      singles = items == 1 ? rate : singles;
    }
    new ServingLatency(icecube, onnx, Math.max(5, repeats), seconds, limits).atHalfLoad(singles);
    new ServingOverload(icecube, limits).run(repeats, 2 * seconds);
    System.out.printf(
        Locale.ROOT,
        "others on this machine meanwhile: %.2f processors busy%n",
        otherWork.processors());
    System.out.printf("%d limits missed%n", limits.missed());
  }

  /** One measurement of one system, events a second. */
  private interface Measurement {
    double eventsPerSecond() throws Exception;
  }

  /** Answers the median of {@code ModelInfer}, events a second. */
  private double throughput(int items) throws Exception {
    List<PaddedEvents> events =
        PaddedEvents.draw(POOL_EVENTS / items, items, ServingLoad.ROWS, ServingLoad.SEED);
    Batching best = bestBatching(events);
    Map<String, Measurement> systems = new LinkedHashMap<>();
    systems.put(IN_PROCESS, () -> onnx.eventsPerSecond(events, best, seconds));
    systems.put(INFER, () -> rate(icecube, Protocol.INFER, items));
    systems.put(PREDICT_STREAM, () -> rate(icecube, Protocol.PREDICT_STREAM, items));
    others.forEach(
        (name, peer) ->
            systems.put(
                name,
                name.equals("FastAPI")
                    ? () -> rate(new HttpCaller(peer.port(), events, ServingLoad.TIMEOUT))
                    : () -> rate(peer, Protocol.INFER, items)));
    Map<String, double[]> rates = new LinkedHashMap<>();
    systems.keySet().forEach(name -> rates.put(name, new double[repeats]));
    OtherWork otherWork = new OtherWork();
    for (int repeat = -1; repeat < repeats; repeat++) {
      for (var system : systems.entrySet()) {
        // The first round warms everybody up and is not counted.
        of(rates, system.getKey())[Math.max(0, repeat)] = system.getValue().eventsPerSecond();
      }
    }
    print(items, best, rates, otherWork.processors());
    if (items == ITEMS_LIMITED) {
      hold(rates);
    }
    return Spread.of(of(rates, INFER)).median();
  }

  private void hold(Map<String, double[]> rates) {
    for (String ours : List.of(INFER, PREDICT_STREAM)) {
      rates.forEach(
          (name, values) -> {
            if (!name.startsWith("icecube")) {
              limits.atLeast(
                  ours + " / " + name,
                  Spread.pairwise(of(rates, ours), values).median(),
                  name.equals(IN_PROCESS) ? IN_PROCESS_MIN : OTHERS_MIN);
            }
          });
    }
  }

  private Batching bestBatching(List<PaddedEvents> events) throws Exception {
    Map<Batching, Double> rates = new LinkedHashMap<>();
    // Twice around, so that a moment when others work does not decide.
    for (int round = 0; round < 2; round++) {
      for (Batching each : InProcessOnnx.batchings(ServingLoad.IN_FLIGHT)) {
        double rate = onnx.eventsPerSecond(events, each, Math.min(1, seconds));
        rates.merge(each, rate, Math::max);
      }
    }
    return Collections.max(rates.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  private double rate(ServingPeer peer, Protocol protocol, int items) throws Exception {
    try (Connections connections = ServingLoad.connect(peer);
        Caller caller = ServingLoad.caller(connections, protocol, items)) {
      return rate(caller);
    }
  }

  private double rate(Caller caller) throws InterruptedException {
    LoadResult result =
        ServingLoad.run(
            caller,
            new Pace.Closed(ServingLoad.IN_FLIGHT),
            ServingLoad.window(seconds),
            LoadRun.Samples.NONE);
    if (result.ok() < result.requests()) {
      System.out.println("  not every request was answered: " + result.statuses());
    }
    return result.itemsPerSecond();
  }

  private static double[] of(Map<String, double[]> rates, String system) {
    return requireNonNull(rates.get(system), system);
  }

  private static void print(
      int items, Batching best, Map<String, double[]> rates, double otherProcessors) {
    System.out.printf(
        Locale.ROOT,
        "%n%d events a request (others kept %.2f processors busy)%n",
        items,
        otherProcessors);
    System.out.println("  events/s                       median  (min .. max)");
    rates.forEach(
        (name, values) -> System.out.printf(Locale.ROOT, "  %-24s%s%n", name, Spread.of(values)));
    System.out.println("  best batching in process: " + best);
    for (String ours : List.of(INFER, PREDICT_STREAM)) {
      rates.forEach(
          (name, values) -> {
            if (!name.startsWith("icecube")) {
              System.out.printf(
                  Locale.ROOT,
                  "  %-22s / %-24s pair by pair %s%n",
                  ours,
                  name,
                  Spread.pairwise(of(rates, ours), values).with(2));
            }
          });
    }
  }
}
