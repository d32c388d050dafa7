// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.google.errorprone.annotations.FormatMethod;
import icecube.load.Latencies;
import icecube.load.LoadResult;
import icecube.load.Protocol;
import icecube.load.ServerSplit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code icecube load} says: the run and what came of it, as text, JSON or CSV.
 *
 * @param server where the server says the time went; null if it does not say
 */
@JsonPropertyOrder({
  "target",
  "model",
  "protocol",
  "pace",
  "itemsPerRequest",
  "seconds",
  "requests",
  "statuses",
  "failuresWithPushback",
  "itemsRefused",
  "requestsPerSecond",
  "itemsPerSecond",
  "latency",
  "serviceTime",
  "sendDelay",
  "server"
})
record LoadReport(
    String target,
    String model,
    Protocol protocol,
    String pace,
    int itemsPerRequest,
    double seconds,
    long requests,
    SortedMap<String, Long> statuses,
    long failuresWithPushback,
    long itemsRefused,
    double requestsPerSecond,
    double itemsPerSecond,
    Latencies latency,
    Latencies serviceTime,
    Latencies sendDelay,
    @Nullable ServerSplit server) {
  static LoadReport of(
      String target,
      String model,
      Protocol protocol,
      String pace,
      int itemsPerRequest,
      LoadResult result) {
    return new LoadReport(
        target,
        model,
        protocol,
        pace,
        itemsPerRequest,
        result.seconds(),
        result.requests(),
        result.statuses(),
        result.withPushback(),
        result.itemsRefused(),
        result.requestsPerSecond(),
        result.itemsPerSecond(),
        result.latency(),
        result.serviceTime(),
        result.sendDelay(),
        result.server().orElse(null));
  }

  String toTable() {
    var table = new StringBuilder();
    line(
        table,
        "%s of %s at %s: %s, %d items a request",
        words(protocol),
        model,
        target,
        pace,
        itemsPerRequest);
    line(table, "  requests    %,d in %.1f s: %s%s", requests, seconds, statusWords(), refused());
    line(table, "  answered OK %,.1f requests/s, %,.1f items/s", requestsPerSecond, itemsPerSecond);
    line(table, "  ms               mean      p50      p90      p99    p99.9      max");
    line(table, "  latency     %s", latencyWords(latency));
    line(table, "  after send  %s", latencyWords(serviceTime));
    line(table, "  send delay  %s", latencyWords(sendDelay));
    if (server == null) {
      line(table, "  server      does not say where the time went");
    } else {
      line(
          table,
          "  server      %.3f ms in the queue, %.3f ms of computing, %.1f items a run (means of"
              + " %,d requests)",
          server.queueMillis(),
          server.computeMillis(),
          server.itemsPerRun(),
          server.requests());
    }
    return table.toString();
  }

  private static String words(Protocol protocol) {
    return switch (protocol) {
      case INFER -> "ModelInfer";
      case INFER_STREAM -> "ModelStreamInfer";
      case PREDICT -> "Predict";
      case PREDICT_STREAM -> "PredictStream";
    };
  }

  private String statusWords() {
    return statuses.isEmpty()
        ? "none"
        : statuses.entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%,d %s", each.getValue(), each.getKey()))
            .collect(Collectors.joining(", "));
  }

  private String refused() {
    String pushback =
        failuresWithPushback == 0
            ? ""
            : String.format(Locale.ROOT, "; %,d told when to retry", failuresWithPushback);
    return itemsRefused == 0
        ? pushback
        : pushback + String.format(Locale.ROOT, "; %,d items refused", itemsRefused);
  }

  private static String latencyWords(Latencies times) {
    return String.format(
        Locale.ROOT,
        "%9.3f%9.3f%9.3f%9.3f%9.3f%9.3f",
        times.meanMillis(),
        times.p50Millis(),
        times.p90Millis(),
        times.p99Millis(),
        times.p999Millis(),
        times.maxMillis());
  }

  /** Names and values; statuses as {@code OK=9 UNAVAILABLE=1}, nothing where nothing is known. */
  String toCsv() {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("target", target);
    columns.put("model", model);
    columns.put("protocol", protocol);
    columns.put("pace", "\"" + pace.replace("\"", "\"\"") + "\"");
    columns.put("items_per_request", itemsPerRequest);
    columns.put("seconds", seconds);
    columns.put("requests", requests);
    columns.put("ok", statuses.getOrDefault("OK", 0L));
    columns.put(
        "statuses",
        statuses.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(" ")));
    columns.put("failures_with_pushback", failuresWithPushback);
    columns.put("items_refused", itemsRefused);
    columns.put("requests_per_second", requestsPerSecond);
    columns.put("items_per_second", itemsPerSecond);
    columns.put("latency_mean_ms", latency.meanMillis());
    columns.put("latency_p50_ms", latency.p50Millis());
    columns.put("latency_p90_ms", latency.p90Millis());
    columns.put("latency_p95_ms", latency.p95Millis());
    columns.put("latency_p99_ms", latency.p99Millis());
    columns.put("latency_p999_ms", latency.p999Millis());
    columns.put("latency_max_ms", latency.maxMillis());
    columns.put("send_delay_p99_ms", sendDelay.p99Millis());
    columns.put("server_queue_ms", server == null ? "" : server.queueMillis());
    columns.put("server_compute_ms", server == null ? "" : server.computeMillis());
    columns.put("server_items_per_run", server == null ? "" : server.itemsPerRun());
    return String.join(",", columns.keySet())
        + "\n"
        + columns.values().stream().map(String::valueOf).collect(Collectors.joining(","))
        + "\n";
  }

  @FormatMethod
  private static void line(StringBuilder table, String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
