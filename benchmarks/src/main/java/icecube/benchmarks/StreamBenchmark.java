// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.benchmarks.RedisFleet.Durability;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.proto.EventCodec;
import icecube.simulator.SimulationSettings;
import icecube.simulator.Simulator;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the event log carries: appends, reads with publications, and single publications, for every
 * durability, on one Redis and on a Cluster of three, beside what {@code redis-benchmark} appends
 * of the same payload to the same server.
 *
 * <p>Argument: repeats (5). Every repeat goes through all cases in turn, each on servers of its
 * own; a first one warms up and is not counted. One client, one thread.
 */
public final class StreamBenchmark {
  private static final int EVENTS = 32_000;
  private static final int SINGLE_ENTRIES = 4_000;
  private static final int ENTRIES_PER_APPEND = 8;
  private static final int LATENCY_ENTRIES = 500;
  private static final int PUBLICATIONS_IN_FLIGHT = 32;
  private static final int PARTITIONS = 6;
  private static final int CLUSTER_SIZE = 3;
  private static final int READ_COUNT = 64;

  private final List<Event> events;
  private final Path folder;

  private StreamBenchmark(List<Event> events, Path folder) {
    this.events = events;
    this.folder = folder;
  }

  /** Runs the benchmark and prints its table. */
  public static void main(String[] arguments) throws Exception {
    int repeats = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    var simulator = new Simulator(SimulationSettings.of(1), IceCube86.geometry());
    List<Event> events = new ArrayList<>();
    for (int index = 0; index < 3_200; index++) {
      events.add(simulator.event(index).event());
    }
    Path folder = Files.createTempDirectory("stream-benchmark-");
    try {
      new StreamBenchmark(events, folder).run(repeats);
    } finally {
      delete(folder);
    }
  }

  private void run(int repeats) throws IOException, InterruptedException {
    List<Case> cases = new ArrayList<>();
    for (int size : new int[] {1, CLUSTER_SIZE}) {
      for (var durability : Durability.values()) {
        for (int entryEvents : new int[] {32, 1}) {
          cases.add(new Case(size, durability, entryEvents));
        }
      }
    }
    for (int repeat = 0; repeat <= repeats; repeat++) {
      for (Case each : cases) {
        Path place = Files.createDirectories(folder.resolve("run"));
        var result = measure(each, place);
        delete(place);
        if (repeat > 0) {
          each.results.add(result);
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d repeats, entries of 32 events: %,d bytes; events/s, median (min .. max)%n",
        repeats,
        payload(entries(32).get(0)));
    cases.forEach(each -> System.out.println(each.toRows()));
  }

  private static int payload(EventEntry entry) {
    return entry.payload().length;
  }

  private Result measure(Case each, Path place) throws IOException, InterruptedException {
    List<EventEntry> entries = entries(each.entryEvents);
    try (var fleet = RedisFleet.start(each.size, each.durability, place);
        var log =
            RedisEventLog.connect(
                new RedisSettings(fleet.uri(), "benchmark", OptionalInt.of(PARTITIONS)))) {
      long appendNanos = append(log, entries);
      double[] latencyMicros = publishOneByOne(log, each.entryEvents);
      long publishNanos = publishAll(log, entries.size() - LATENCY_ENTRIES, each.entryEvents);
      double total = (double) entries.size() * each.entryEvents;
      double published = (double) (entries.size() - LATENCY_ENTRIES) * each.entryEvents;
      var raw =
          each.size == 1
              ? RedisPeer.entriesPerSecond(
                  fleet.uri(), payload(entries.get(0)), entries.size(), ENTRIES_PER_APPEND)
              : OptionalDouble.empty();
      return new Result(
          total / appendNanos * 1e9,
          published / publishNanos * 1e9,
          latencyMicros[latencyMicros.length / 2],
          latencyMicros[latencyMicros.length * 99 / 100],
          raw.orElse(Double.NaN) * each.entryEvents);
    }
  }

  /** Entries of so many events, in the order of the partitions they go to. */
  private List<EventEntry> entries(int entryEvents) {
    int count = entryEvents == 1 ? SINGLE_ENTRIES : EVENTS / entryEvents;
    List<EventEntry> entries = new ArrayList<>(count);
    for (int entry = 0; entry < count; entry++) {
      int from = entry * entryEvents % events.size();
      var some = events.subList(from, from + entryEvents);
      long[] ids = some.stream().mapToLong(Event::id).toArray();
      byte[] payload = EventCodec.encode(some, IceCube86.geometry()).toByteArray();
      entries.add(new EventEntry(payload, ids.length, EventDigest.of(ids)));
    }
    return entries;
  }

  private static long append(EventLog log, List<EventEntry> entries) {
    int perPartition = entries.size() / PARTITIONS;
    long[] epochs = new long[PARTITIONS];
    for (int partition = 0; partition < PARTITIONS; partition++) {
      epochs[partition] = log.openProducer(partition, "benchmark").epoch();
    }
    long start = System.nanoTime();
    for (int first = 0; first < perPartition; first += ENTRIES_PER_APPEND) {
      int count = Math.min(ENTRIES_PER_APPEND, perPartition - first);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        int from = partition * perPartition + first;
        var some = entries.subList(from, from + count);
        log.append(partition, epochs[partition], first + 1, some, entries.size());
      }
    }
    return System.nanoTime() - start;
  }

  /** Times single publications, one after the other; sorted, µs. */
  private static double[] publishOneByOne(EventLog log, int entryEvents) {
    double[] micros = new double[LATENCY_ENTRIES];
    int done = 0;
    for (int partition = 0; done < LATENCY_ENTRIES; partition++) {
      try (var reader = log.openReader(partition, "latency")) {
        int left = Math.min(LATENCY_ENTRIES - done, LATENCY_ENTRIES / PARTITIONS + 1);
        for (DeliveredEntry entry : reader.readNew(left, Duration.ZERO)) {
          var completion = completion("latency", entry, entryEvents);
          long start = System.nanoTime();
          require(log.complete(partition, completion).toCompletableFuture().join());
          micros[done++] = (System.nanoTime() - start) / 1e3;
        }
      }
    }
    Arrays.sort(micros);
    return micros;
  }

  /** Times reading and publishing of all that is left, so many publications at once. */
  private static long publishAll(EventLog log, int count, int entryEvents) {
    long start = System.nanoTime();
    int done = 0;
    var inFlight = new ArrayDeque<CompletableFuture<CompletionOutcome>>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      try (var reader = log.openReader(partition, "all")) {
        for (var more = reader.readNew(READ_COUNT, Duration.ZERO);
            !more.isEmpty();
            more = reader.readNew(READ_COUNT, Duration.ZERO)) {
          for (DeliveredEntry entry : more) {
            if (inFlight.size() == PUBLICATIONS_IN_FLIGHT) {
              require(inFlight.removeFirst().join());
            }
            inFlight.addLast(
                log.complete(partition, completion("all", entry, entryEvents))
                    .toCompletableFuture());
            done++;
          }
        }
      }
    }
    inFlight.forEach(each -> require(each.join()));
    long nanos = System.nanoTime() - start;
    // Entries that do not divide by the partitions are not appended.
    if (done < count - PARTITIONS) {
      throw new IllegalStateException("published: " + done + " (expected: about " + count + ")");
    }
    return nanos;
  }

  private static void require(CompletionOutcome outcome) {
    if (outcome != CompletionOutcome.PUBLISHED) {
      throw new IllegalStateException("outcome: " + outcome + " (expected: PUBLISHED)");
    }
  }

  private static Completion completion(String consumer, DeliveredEntry entry, int entryEvents) {
    var batch = PredictionBatch.newBuilder();
    for (int event = 0; event < entryEvents; event++) {
      batch.addPredictions(
          Prediction.newBuilder()
              .setEventId(event + 1L)
              .setAzimuthRad(1)
              .setZenithRad(1)
              .setX(0.5)
              .setY(0.5)
              .setZ(0.7)
              .setPulsesSeen(100)
              .setPulsesUsed(100)
              .setModelName("line-fit")
              .setModelVersion("1"));
    }
    var predictions =
        new OutcomePart(batch.build().toByteArray(), entry.eventCount(), entry.digest());
    return new Completion(consumer, entry.id(), false, predictions, OutcomePart.NONE);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private record Result(
      double append, double publish, double p50Micros, double p99Micros, double raw) {}

  private static final class Case {
    private final int size;
    private final Durability durability;
    private final int entryEvents;
    private final List<Result> results = new ArrayList<>();

    Case(int size, Durability durability, int entryEvents) {
      this.size = size;
      this.durability = durability;
      this.entryEvents = entryEvents;
    }

    private Spread spread(ToDoubleFunction<Result> figure) {
      return Spread.of(results.stream().mapToDouble(figure).toArray());
    }

    String toRows() {
      String rows =
          String.format(
              Locale.ROOT,
              "%n%s, fsync %s, %d event(s) an entry%n"
                  + "  append           %s%n"
                  + "  read, publish    %s%n"
                  + "  one publication  p50 %.2f ms (%.2f .. %.2f), p99 %.2f ms (%.2f .. %.2f)",
              size == 1 ? "one Redis" : "Cluster of " + size,
              durability.name().toLowerCase(Locale.ROOT),
              entryEvents,
              spread(Result::append),
              spread(Result::publish),
              spread(Result::p50Micros).median() / 1e3,
              spread(Result::p50Micros).min() / 1e3,
              spread(Result::p50Micros).max() / 1e3,
              spread(Result::p99Micros).median() / 1e3,
              spread(Result::p99Micros).min() / 1e3,
              spread(Result::p99Micros).max() / 1e3);
      if (Double.isNaN(spread(Result::raw).median())) {
        return rows;
      }
      Spread ratio = spread(result -> result.append() / result.raw());
      return rows
          + String.format(
              Locale.ROOT,
              "%n  raw XADD         %s%n  append / raw     %.2f (%.2f .. %.2f)",
              spread(Result::raw),
              ratio.median(),
              ratio.min(),
              ratio.max());
    }
  }
}
