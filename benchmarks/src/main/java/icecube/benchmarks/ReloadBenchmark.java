// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.benchmarks.ReplaceableModel.Reload;
import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * {@code icecube serve} under 70 % of its load, at random times, while its model is replaced, and
 * in turn while it is not.
 *
 * <p>Arguments: rounds (5), seconds a phase (20), reloads of all rounds (100). Each round has a
 * steady phase and one with its share of the reloads, evenly spread. Exits 1 unless every reload
 * was done, no request failed and the median ratio of the two p99 is at most {@value #RATIO_MAX}.
 */
public final class ReloadBenchmark {
  private static final double LOAD = 0.7;
  private static final double RATIO_MAX = 2;
  private static final int IN_FLIGHT = 8;
  private static final Path CACHE = Path.of(".cache", "serving");

  private final int rounds;
  private final double seconds;
  private final int reloadsPerRound;
  private final ServingPeer server;
  private final ReplaceableModel model;
  private final ExecutorService reloader = Executors.newSingleThreadExecutor();
  private int reloadsDone;
  private long failed;

  private ReloadBenchmark(
      int rounds, double seconds, int reloads, ServingPeer server, ReplaceableModel model) {
    this.rounds = rounds;
    this.seconds = seconds;
    this.reloadsPerRound = (reloads + rounds - 1) / rounds;
    this.server = server;
    this.model = model;
  }

  /** Measures, prints, and exits 1 if a limit is missed. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 20;
    int reloads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
    Path log = Files.createDirectories(CACHE.resolve("logs")).resolve("icecube-reload.log");
    boolean kept;
    try (var model = ReplaceableModel.of(CACHE.resolve("models"));
        var server = ServingPeer.icecube(model.folder(), log, "")) {
      kept = new ReloadBenchmark(rounds, seconds, reloads, server, model).run();
    }
    if (!kept) {
      System.exit(1);
    }
  }

  private boolean run() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%d processors, Java %s, %d rounds of %.0f s steady and %.0f s with %d reloads, Poisson at"
            + " %.0f %% of capacity%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        rounds,
        seconds,
        seconds,
        reloadsPerRound,
        100 * LOAD);
    boolean kept = true;
    try {
      kept &= measure(Protocol.INFER, 1);
      kept &= measure(Protocol.PREDICT_STREAM, 64);
    } finally {
      reloader.shutdownNow();
    }
    double loaded =
        server.vitals().sum("icecube_modelserver_loads_total", "outcome=\"loaded\"") - 1;
    System.out.printf(
        Locale.ROOT,
        "%nreloads %d, %.0f by the server's count; failed requests %d (limit 0)%n",
        reloadsDone,
        loaded,
        failed);
    return kept && failed == 0 && loaded == reloadsDone;
  }

  /** One kind of request; answers whether the limits are kept. */
  private boolean measure(Protocol protocol, int items) throws Exception {
    OtherWork otherWork = new OtherWork();
    int reloadsBefore = reloadsDone;
    double[] steady = new double[rounds];
    double[] during = new double[rounds];
    double[] beside = new double[rounds];
    List<Reload> reloads = new ArrayList<>();
    double rate;
    try (Connections connections = ServingLoad.connect(server);
        Caller caller = ServingLoad.caller(connections, protocol, items)) {
      rate = LOAD * capacity(caller);
      for (int round = 0; round < rounds; round++) {
        steady[round] = p99(phase(caller, rate, List::of).samples());
        Phase phase = phase(caller, rate, () -> reload(connections));
        reloads.addAll(phase.reloads());
        during[round] = p99(phase.samples());
        beside[round] = p99(phase.besideReloads());
      }
    }
    reloadsDone += reloads.size();
    Spread ratio = Spread.pairwise(during, steady);
    System.out.printf(
        Locale.ROOT,
        "%n%s, %d events a request, %,.0f requests/s; others kept %.2f processors busy%n",
        protocol,
        items,
        rate,
        otherWork.processors());
    System.out.printf(
        Locale.ROOT, "  p99 steady                     %s ms%n", Spread.of(steady).with(2));
    System.out.printf(
        Locale.ROOT, "  p99 while reloads go on        %s ms%n", Spread.of(during).with(2));
    System.out.printf(
        Locale.ROOT, "  p99 beside a load under way    %s ms%n", Spread.of(beside).with(2));
    System.out.printf(
        Locale.ROOT,
        "  %d reloads (expected %d), %s s each%n",
        reloadsDone - reloadsBefore,
        rounds * reloadsPerRound,
        Spread.of(reloads.stream().mapToDouble(Reload::seconds).toArray()).with(2));
    System.out.printf(
        Locale.ROOT,
        "  while reloads go on / steady   %s, limit %.1f%n  beside a load / steady         %s%n",
        ratio.with(2),
        RATIO_MAX,
        Spread.pairwise(beside, steady).with(2));
    return ratio.median() <= RATIO_MAX && reloads.size() == rounds * reloadsPerRound;
  }

  private double capacity(Caller caller) throws InterruptedException {
    Pace closed = new Pace.Closed(IN_FLIGHT);
    // The first run warms both sides up.
    double rate = 0;
    for (int run = 0; run < 3; run++) {
      LoadResult result =
          ServingLoad.run(
              caller, closed, ServingLoad.window(Math.min(4, seconds)), LoadRun.Samples.NONE);
      rate = run == 0 ? 0 : Math.max(rate, result.requestsPerSecond());
    }
    return rate;
  }

  /** What was answered when, and the reloads meanwhile. */
  private record Phase(List<long[]> samples, List<Reload> reloads) {
    /** Requests in flight while a model was being loaded. */
    List<long[]> besideReloads() {
      return samples.stream()
          .filter(sample -> reloads.stream().anyMatch(each -> each.overlaps(sample[0], sample[1])))
          .toList();
    }
  }

  private Phase phase(Caller caller, double rate, Callable<List<Reload>> meanwhile)
      throws InterruptedException, ExecutionException {
    Queue<long[]> samples = new ConcurrentLinkedQueue<>();
    Future<List<Reload>> reloads = reloader.submit(meanwhile);
    LoadResult result =
        ServingLoad.run(
            caller,
            new Pace.Rate(rate, true),
            ServingLoad.window(seconds),
            (request, nanos) -> {
              long now = System.nanoTime();
              samples.add(new long[] {now - nanos, now});
            });
    long lost = result.requests() - result.ok() + result.itemsRefused();
    if (lost > 0) {
      System.out.println("  not every request was answered: " + result.statuses());
    }
    failed += lost;
    return new Phase(List.copyOf(samples), reloads.get());
  }

  /** This round's reloads, evenly spread over the phase; later ones wait for slow ones. */
  private List<Reload> reload(Connections connections) throws Exception {
    List<Reload> done = new ArrayList<>();
    // A second of warm-up before, a gap at the end, so that all fall into the phase.
    long first = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    long gap = (long) (seconds * 1e9 / (reloadsPerRound + 1));
    for (int i = 0; i < reloadsPerRound; i++) {
      TimeUnit.NANOSECONDS.sleep(first + i * gap - System.nanoTime());
      done.add(model.reload(connections));
    }
    return done;
  }

  private static double p99(List<long[]> samples) {
    double[] millis =
        samples.stream().mapToDouble(sample -> (sample[1] - sample[0]) / 1e6).sorted().toArray();
    return millis.length == 0 ? Double.NaN : millis[(int) (millis.length * 0.99)];
  }
}
