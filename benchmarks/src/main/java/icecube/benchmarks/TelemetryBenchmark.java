// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.chassis.Closer;
import icecube.chassis.ManagementServer;
import icecube.chassis.ServerSettings;
import icecube.consumer.Consumer;
import icecube.consumer.ConsumerSettings;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.modelserver.ModelServer;
import icecube.modelserver.ModelServerSettings;
import icecube.otel.Telemetry;
import icecube.otel.Tracing;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.stream.StreamMetrics;
import icecube.testkit.CollectorServer;
import icecube.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What telemetry costs: the line fit through the whole mesh with everything on, beside the same
 * with everything off. It is the worst case, as a model with weights takes longer for every event.
 *
 * <p>On: every service counts, is scraped each {@link #SCRAPE_SECONDS} s and shows the account of
 * the stream; traces of the default ratio go to a real Collector on the same processors, with the
 * memory limiter, batches and span metrics of {@code otel/collector/config.yaml}. Off: nothing is
 * counted, scraped, read or traced.
 *
 * <p>Arguments: events (200,000), pairs (19), trace ratio (the default). The order changes from
 * pair to pair; the first pair warms up and is not counted. Exits 1 if the median of the ratios is
 * below {@value #RATIO_MIN}.
 */
public final class TelemetryBenchmark {
  private static final double RATIO_MIN = 0.95;
  private static final int SCRAPE_SECONDS = 5;
  private static final int CONSUMERS = 2;
  private static final int PARTITIONS = 2;

  private final List<Event> events;
  private final OptionalDouble ratio;
  private final URI collector;
  private final Path folder;
  private int runs;

  private TelemetryBenchmark(List<Event> events, OptionalDouble ratio, URI collector, Path folder) {
    this.events = events;
    this.ratio = ratio;
    this.collector = collector;
    this.folder = folder;
  }

  /** Runs the benchmark and prints its table. */
  public static void main(String[] arguments) throws Exception {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
    int pairs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 19;
    OptionalDouble ratio =
        arguments.length > 2
            ? OptionalDouble.of(Double.parseDouble(arguments[2]))
            : OptionalDouble.empty();
    Path folder = Files.createTempDirectory("telemetry-benchmark-");
    boolean isKept;
    try (CollectorServer collector = collector(folder)) {
      var benchmark =
          new TelemetryBenchmark(
              InMemorySource.simulate(count), ratio, collector.otlpGrpc(), folder);
      isKept = benchmark.run(pairs, collector);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    if (!isKept) {
      throw new IllegalStateException(
          "on / off: below " + RATIO_MIN + " (expected: at least that); see the table");
    }
  }

  /** A Collector as it ships, whose traces go nowhere further: nobody listens there. */
  private static CollectorServer collector(Path folder) {
    Program program =
        Program.find(CollectorServer.NAME)
            .orElseThrow(() -> new IllegalStateException(Program.absence(CollectorServer.NAME)));
    return CollectorServer.start(program, folder, Map.of("JAEGER_OTLP_ENDPOINT", "127.0.0.1:1"));
  }

  private boolean run(int pairs, CollectorServer collector) throws Exception {
    double[] on = new double[pairs];
    double[] off = new double[pairs];
    for (int pair = -1; pair < pairs; pair++) {
      boolean isOnFirst = pair % 2 == 0;
      double first = rate(isOnFirst);
      double second = rate(!isOnFirst);
      if (pair < 0) {
        requireSpans(collector);
      } else {
        on[pair] = isOnFirst ? first : second;
        off[pair] = isOnFirst ? second : first;
      }
    }
    Spread ratios = Spread.pairwise(on, off);
    System.out.printf(
        Locale.ROOT,
        "%,d events, %d pairs, trace ratio %s, %d cores, Java %s%n",
        events.size(),
        pairs,
        ratio.orElse(Tracing.RATIO_DEFAULT),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version());
    System.out.println("  events/s             median  (min .. max)");
    System.out.println("  telemetry on    " + Spread.of(on));
    System.out.println("  telemetry off   " + Spread.of(off));
    System.out.println("  on / off        " + ratios.with(3));
    return ratios.median() >= RATIO_MIN;
  }

  private static void requireSpans(CollectorServer collector) {
    if (!collector.spanMetrics().contains("_calls_total{")) {
      throw new IllegalStateException(
          "spans at the Collector: none (expected: some); nothing was measured");
    }
  }

  /** Events a second from the first append until every one is published. */
  private double rate(boolean isOn) throws Exception {
    runs++;
    try (Closer closer = new Closer()) {
      EmbeddedRedis redis =
          closer.add(EmbeddedRedis.start(Files.createDirectory(folder.resolve("run-" + runs))));
      EventLog log =
          closer.add(
              RedisEventLog.connect(
                  new RedisSettings(redis.uri(), "icecube", OptionalInt.of(PARTITIONS))));
      ModelServer server =
          closer.add(
              ModelServer.start(
                  ModelServerSettings.at(
                      ServerSettings.at(ServerSettings.HOST, 0), IceCube86.geometry()),
                  telemetry("model-server", isOn, closer)));
      for (int consumer = 0; consumer < CONSUMERS; consumer++) {
        closer.add(
            Consumer.start(
                log,
                ConsumerSettings.of(List.of(server.address()), ""),
                telemetry("consumer", isOn, log, closer)));
      }
      var emitter =
          new Emitter(
              new InMemorySource(events, IceCube86.geometry()),
              log,
              EmitterSettings.DEFAULT,
              telemetry("emitter", isOn, log, closer));
      long start = System.nanoTime();
      emitter.run();
      return events.size() / ((System.nanoTime() - start) / 1e9);
    }
  }

  private Telemetry telemetry(String service, boolean isOn, EventLog log, Closer closer) {
    Telemetry telemetry = telemetry(service, isOn, closer);
    if (isOn) {
      closer.add(StreamMetrics.start(log, telemetry.meters()));
    }
    return telemetry;
  }

  private Telemetry telemetry(String service, boolean isOn, Closer closer) {
    if (!isOn) {
      return Telemetry.off();
    }
    var registry = Telemetry.registry();
    closer.add(registry::close);
    var settings =
        new Tracing.Settings(
            service,
            service + "-" + runs,
            "benchmark",
            ratio,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.toString()));
    Tracing tracing = closer.add(Tracing.start(settings, registry));
    scrape(
        closer.add(ManagementServer.start(ServerSettings.HOST, 0, registry, () -> true)), closer);
    return tracing.telemetry();
  }

  private static void scrape(ManagementServer management, Closer closer) {
    var scraping = Executors.newSingleThreadScheduledExecutor();
    closer.add(scraping::shutdownNow);
    var client = HttpClient.newHttpClient();
    var request =
        HttpRequest.newBuilder(URI.create("http://" + management.address() + "/metrics"))
            .header("Accept", "application/openmetrics-text")
            .build();
    var unused =
        scraping.scheduleAtFixedRate(
            () -> client.sendAsync(request, BodyHandlers.discarding()).join(),
            0,
            SCRAPE_SECONDS,
            TimeUnit.SECONDS);
  }
}
