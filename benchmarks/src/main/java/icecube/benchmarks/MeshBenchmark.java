// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.cli.Mesh;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.physics.LineFit;
import icecube.proto.EventCodec;
import icecube.stream.EmbeddedRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The line fit through the whole mesh, beside the same fit in this process on as many threads as
 * there are cores, and beside what {@code redis-benchmark} appends of the same payload.
 *
 * <p>Arguments: events (200,000), repeats (5). Every repeat measures the three in turn; the first
 * repeat warms up and is not counted.
 */
public final class MeshBenchmark {
  private static final int ENTRY_EVENTS = EmitterSettings.DEFAULT.entryEventsMax();
  private static final int CONSUMERS = 2;
  private static final int PEER_PIPELINED = 16;

  private final DetectorGeometry geometry = IceCube86.geometry();
  private final List<Event> events;
  private final int repeats;
  private final Path folder;

  private MeshBenchmark(List<Event> events, int repeats, Path folder) {
    this.events = events;
    this.repeats = repeats;
    this.folder = folder;
  }

  /** Runs the benchmark and prints its table. */
  public static void main(String[] arguments) throws Exception {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
    int repeats = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    Path folder = Files.createTempDirectory("mesh-benchmark-");
    try {
      new MeshBenchmark(InMemorySource.simulate(count), repeats, folder).run();
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void run() throws Exception {
    int payloadBytes = meanPayloadBytes();
    double[] mesh = new double[repeats];
    double[] inProcess = new double[repeats];
    double[] redis = new double[repeats];
    boolean hasRedisPeer = true;
    for (int repeat = -1; repeat < repeats; repeat++) {
      double meshRate = meshRate(repeat + 1);
      double inProcessRate = inProcessRate();
      OptionalDouble redisRate = redisRate(payloadBytes, repeat + 1);
      hasRedisPeer = redisRate.isPresent();
      if (repeat >= 0) {
        mesh[repeat] = meshRate;
        inProcess[repeat] = inProcessRate;
        redis[repeat] = redisRate.orElse(0) * ENTRY_EVENTS;
      }
    }
    print(payloadBytes, Spread.of(mesh), Spread.of(inProcess), redis, hasRedisPeer);
    System.out.printf(
        Locale.ROOT, "  mesh / in-process, pair by pair: %s%n", ratios(mesh, inProcess));
    if (hasRedisPeer) {
      System.out.printf(
          Locale.ROOT, "  mesh / raw redis,  pair by pair: %s%n", ratios(mesh, redis));
    }
  }

  private void print(
      int payloadBytes, Spread mesh, Spread inProcess, double[] redis, boolean hasRedisPeer) {
    System.out.printf(
        Locale.ROOT,
        "%,d events, %d an entry of %,d bytes, %d repeats, %d cores, Java %s%n",
        events.size(),
        ENTRY_EVENTS,
        payloadBytes,
        repeats,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version());
    System.out.println("  events/s                  median  (min .. max)");
    System.out.println("  whole mesh          " + mesh);
    System.out.println("  line fit in process " + inProcess);
    System.out.println(
        hasRedisPeer
            ? "  raw redis XADD      " + Spread.of(redis)
            : "  raw redis XADD      SKIPPED: no redis-benchmark on PATH");
  }

  private static String ratios(double[] above, double[] below) {
    double[] ratios =
        IntStream.range(0, above.length).mapToDouble(i -> above[i] / below[i]).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f .. %.3f)",
        ratios[ratios.length / 2],
        ratios[0],
        ratios[ratios.length - 1]);
  }

  /** Events a second from the first append until every one is published. */
  private double meshRate(int repeat) throws Exception {
    Mesh.Settings settings =
        new Mesh.Settings(
            Files.createDirectory(folder.resolve("mesh-" + repeat)),
            Optional.empty(),
            "line-fit",
            geometry,
            CONSUMERS);
    try (Mesh mesh = Mesh.start(settings)) {
      Emitter emitter =
          new Emitter(
              new InMemorySource(events, geometry),
              mesh.log(),
              EmitterSettings.DEFAULT,
              mesh.emitterTelemetry());
      long start = System.nanoTime();
      emitter.run();
      return perSecond(start);
    }
  }

  /** The same features and fit, without any way between. */
  private double inProcessRate() {
    FeatureBuilder features = new FeatureBuilder(geometry, FeatureBuilder.ROW_COUNT_MAX);
    LineFit fit = LineFit.improved();
    long start = System.nanoTime();
    long found =
        IntStream.range(0, (events.size() + ENTRY_EVENTS - 1) / ENTRY_EVENTS)
            .parallel()
            .mapToLong(
                entry -> {
                  int from = entry * ENTRY_EVENTS;
                  int to = Math.min(events.size(), from + ENTRY_EVENTS);
                  FeatureTable table = features.build(events.subList(from, to));
                  return IntStream.range(0, table.eventCount())
                      .filter(event -> fit.fit(table, event).isPresent())
                      .count();
                })
            .sum();
    if (found == 0) {
      throw new IllegalStateException("directions: 0 (expected: above 0)");
    }
    return perSecond(start);
  }

  private OptionalDouble redisRate(int payloadBytes, int repeat) throws Exception {
    Path redisFolder = Files.createDirectory(folder.resolve("redis-" + repeat));
    try (EmbeddedRedis redis = EmbeddedRedis.start(redisFolder)) {
      return RedisPeer.entriesPerSecond(
          redis.uri(), payloadBytes, events.size() / ENTRY_EVENTS, PEER_PIPELINED);
    }
  }

  private double perSecond(long startNanos) {
    return events.size() / ((System.nanoTime() - startNanos) / 1e9);
  }

  private int meanPayloadBytes() {
    long bytes = 0;
    int entries = 0;
    for (int from = 0; from < events.size(); from += ENTRY_EVENTS) {
      int to = Math.min(events.size(), from + ENTRY_EVENTS);
      bytes += EventCodec.encode(events.subList(from, to), geometry).getSerializedSize();
      entries++;
    }
    return Math.toIntExact(bytes / entries);
  }
}
