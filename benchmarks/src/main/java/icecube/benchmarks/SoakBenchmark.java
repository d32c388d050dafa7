// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.benchmarks.ServerVitals.Look;
import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * {@code icecube serve} under mixed load for a long time: whether what it holds stays the same.
 *
 * <p>Arguments: minutes (30), share of what it can do (0.5), events a second that it can do (0:
 * found out at the start). The server's heap has a fixed size and is touched at its start, so that
 * what its process holds beyond it is native memory. Flat is what in its last third is at most 3 %
 * above the middle one, or a small allowance each. Exits 1 if something is not flat, an orderly
 * request failed, or a wrong one was answered otherwise than so.
 */
public final class SoakBenchmark {
  private static final int LOOK_SECONDS = 10;
  private static final int HEAP_MEBIBYTES = 512;
  private static final String JAVA_OPTIONS =
      "-Xms%1$dm -Xmx%1$dm -XX:+AlwaysPreTouch".formatted(HEAP_MEBIBYTES);
  private static final double SHARE = 0.03;
  private static final double MEBIBYTE = 1 << 20;
  private static final Path CACHE = Path.of(".cache", "serving");

  /** What is looked at, and by how much it may grow where that is more than the share. */
  private record Quantity(String name, double allowance, ToDoubleFunction<Look> value) {}

  private static final List<Quantity> QUANTITIES =
      List.of(
          new Quantity("live heap, MiB", 2, look -> look.heapBytes() / MEBIBYTE),
          new Quantity(
              "native memory, MiB", 4, look -> look.residentBytes() / MEBIBYTE - HEAP_MEBIBYTES),
          new Quantity("  of it direct buffers, MiB", 1, look -> look.directBytes() / MEBIBYTE),
          new Quantity(
              "  of it classes and code, MiB", 2, look -> look.metaspaceBytes() / MEBIBYTE),
          new Quantity("threads", 2, Look::threads),
          new Quantity("file descriptors", 4, Look::files));

  private final int minutes;
  private final ServingPeer server;
  private final ServerVitals vitals;
  private final ReplaceableModel model;
  private final Queue<Look> looks = new ConcurrentLinkedQueue<>();

  private SoakBenchmark(int minutes, ServingPeer server, ReplaceableModel model) {
    this.minutes = minutes;
    this.server = server;
    this.vitals = server.vitals();
    this.model = model;
  }

  /** Runs, prints, and exits 1 if a limit is missed. */
  public static void main(String[] arguments) throws Exception {
    int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
    double load = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 0.5;
    double capacity = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 0;
    Path log = Files.createDirectories(CACHE.resolve("logs")).resolve("icecube-soak.log");
    boolean kept;
    try (var model = ReplaceableModel.of(CACHE.resolve("models"));
        var server = ServingPeer.icecube(model.folder(), log, JAVA_OPTIONS)) {
      kept = new SoakBenchmark(minutes, server, model).run(load, capacity);
    }
    if (!kept) {
      System.exit(1);
    }
  }

  private boolean run(double load, double capacityKnown) throws Exception {
    double capacity = capacityKnown > 0 ? capacityKnown : capacity();
    System.out.printf(
        Locale.ROOT,
        "%d processors, Java %s, %d min at %.0f %% of %,.0f events/s, server with %s%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        minutes,
        100 * load,
        capacity,
        JAVA_OPTIONS);
    OtherWork otherWork = new OtherWork();
    var observer = Executors.newSingleThreadScheduledExecutor();
    boolean isClean;
    try (var soak = new SoakLoad(server, model, load * capacity)) {
      var looking =
          observer.scheduleAtFixedRate(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
      for (int minute = 1; minute <= minutes; minute++) {
        soak.turn();
        System.out.println("minute " + minute + ": " + soak.account());
        if (looking.isDone()) {
          throw new IllegalStateException("the server could not be looked at: see above");
        }
      }
      isClean = soak.isClean();
    } finally {
      observer.shutdownNow();
    }
    System.out.printf(
        Locale.ROOT, "%nothers kept %.2f processors busy%n%n", otherWork.processors());
    return printTrends() && isClean;
  }

  /** Events a second of requests of 64, 8 in flight. */
  private double capacity() throws InterruptedException {
    try (Connections connections = ServingLoad.connect(server);
        Caller caller = ServingLoad.caller(connections, Protocol.INFER, 64)) {
      return ServingLoad.run(
              caller, new Pace.Closed(8), ServingLoad.window(4), LoadRun.Samples.NONE)
          .itemsPerSecond();
    }
  }

  private void look() {
    try {
      vitals.collectGarbage();
      looks.add(vitals.look());
    } catch (Exception e) {
      System.out.println("  no look at the server: " + e);
      throw new IllegalStateException("look: " + e.getMessage(), e);
    }
  }

  /** Answers whether all is flat. */
  private boolean printTrends() {
    System.out.printf(
        Locale.ROOT,
        "%d looks, one each %d s, after a full collection; medians of the thirds of the run%n",
        looks.size(),
        LOOK_SECONDS);
    System.out.printf(
        "%-30s %9s %9s %9s %9s %9s %11s%n",
        "", "start", "middle", "end", "growth", "limit", "slope /h");
    boolean flat = true;
    for (Quantity each : QUANTITIES) {
      Trend trend = Trend.of(looks.stream().mapToDouble(each.value()).toArray());
      boolean isFlat = trend.isFlat(SHARE, each.allowance());
      flat &= isFlat;
      System.out.printf(
          Locale.ROOT,
          "%-30s %9.2f %9.2f %9.2f %+9.2f %9.2f %+11.2f  %s%n",
          each.name(),
          trend.start(),
          trend.middle(),
          trend.end(),
          trend.growth(),
          Math.max(SHARE * trend.middle(), each.allowance()),
          trend.perStep() * 3600 / LOOK_SECONDS,
          isFlat ? "flat" : "GROWS");
    }
    return flat;
  }
}
