// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of MLflow's REST API that a sink uses, in memory, over real HTTP. Thread-safe. */
public final class CannedMlflow implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern FILTER = Pattern.compile("tags\\.`([^`]+)` = '([^']*)'");

  private final HttpServer server;
  private final Map<String, String> experiments = new LinkedHashMap<>();
  private final List<Run> runs = new ArrayList<>();
  private volatile boolean isDown;
  private volatile int refusal;
  private volatile boolean isRaced;
  private volatile String refused = "";
  private volatile String deleted = "";
  private volatile CountDownLatch heldUp = new CountDownLatch(0);

  /** A run; a figure is kept once per key, step, time and value, as MLflow does. */
  public static final class Run {
    public final String id;
    public final String name;
    public final Map<String, String> tags = new TreeMap<>();
    public final Map<String, String> params = new TreeMap<>();
    public final Map<Long, Map<String, Double>> steps = new TreeMap<>();
    public String status = "RUNNING";

    private Run(String id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  /** One that listens on a port of its own. */
  public CannedMlflow() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it answers. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Answers 503 to everything, or not. */
  public void setDown(boolean down) {
    isDown = down;
  }

  /** Refuses everything with this status of HTTP from now on; 0 for none. */
  public void refuseAll(int status) {
    refusal = status;
  }

  /** Whoever makes an experiment learns that somebody else has just made it. */
  public void haveExperimentMadeByAnother() {
    isRaced = true;
  }

  /** Answers nothing more until it is told not to. */
  public void setSlow(boolean slow) {
    heldUp.countDown();
    heldUp = new CountDownLatch(slow ? 1 : 0);
  }

  /** Refuses figures of the run of this name from now on; empty for none. */
  public void refuse(String run) {
    refused = run;
  }

  /** Deletes the run of this name as its UI does: it is found no more and takes nothing. */
  public synchronized void delete(String run) {
    deleted = requireNonNull(find(run)).id;
  }

  /** All runs, the oldest first. */
  public synchronized List<Run> runs() {
    return List.copyOf(runs);
  }

  /** The newest run of this name; null if there is none. */
  public synchronized @Nullable Run find(String name) {
    return runs.stream().filter(run -> run.name.equals(name)).reduce((a, b) -> b).orElse(null);
  }

  /** The sum of a figure over all steps of a run; 0 if there is no such run. */
  public synchronized double sum(String name, String metric) {
    Run run = find(name);
    return run == null
        ? 0
        : run.steps.values().stream().mapToDouble(step -> step.getOrDefault(metric, 0.0)).sum();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String text = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      JsonNode body = text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
      awaitLeave();
      if (refusal != 0) {
        exchange.sendResponseHeaders(refusal, -1);
        return;
      }
      String method = exchange.getRequestURI().getPath().replace("/api/2.0/mlflow/", "");
      @Nullable JsonNode answer =
          isDown ? null : answer(method, body, String.valueOf(exchange.getRequestURI().getQuery()));
      byte[] bytes = JSON.writeValueAsBytes(answer == null ? Map.of("error_code", "X") : answer);
      int missing = method.startsWith("experiments/get") && !isDown ? 404 : 503;
      if (answer != null && answer.has("error_code")) {
        exchange.sendResponseHeaders(400, bytes.length);
        exchange.getResponseBody().write(bytes);
        return;
      }
      exchange.sendResponseHeaders(answer == null ? missing : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private void awaitLeave() throws IOException {
    try {
      heldUp.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private synchronized @Nullable JsonNode answer(String method, JsonNode body, String query) {
    ObjectNode answer = JSON.createObjectNode();
    switch (method) {
      case "experiments/get-by-name" -> {
        String id = experiments.get(query.replace("experiment_name=", ""));
        if (id == null) {
          return null;
        }
        answer.putObject("experiment").put("experiment_id", id);
      }
      case "experiments/create" -> {
        String id = Integer.toString(experiments.size() + 1);
        experiments.put(body.path("name").asText(), id);
        if (isRaced) {
          return answer.put("error_code", "RESOURCE_ALREADY_EXISTS");
        }
        answer.put("experiment_id", id);
      }
      case "runs/create" -> {
        Run run = new Run("r" + runs.size(), body.path("run_name").asText());
        body.path("tags").forEach(tag -> put(run.tags, tag));
        runs.add(run);
        answer.putObject("run").putObject("info").put("run_id", run.id);
      }
      case "runs/search" -> search(body.path("filter").asText(), answer.putArray("runs"));
      case "runs/update" -> {
        if (of(body).id.equals(deleted)) {
          return answer.put("error_code", "INVALID_PARAMETER_VALUE");
        }
        of(body).status = body.path("status").asText();
      }
      case "runs/log-batch" -> {
        if (of(body).name.equals(refused)) {
          return null;
        }
        if (of(body).id.equals(deleted)) {
          return answer.put("error_code", "INVALID_PARAMETER_VALUE");
        }
        log(of(body), body);
      }
      default -> throw new IllegalArgumentException("method: " + method);
    }
    return answer;
  }

  private Run of(JsonNode body) {
    String id = body.path("run_id").asText();
    return runs.stream().filter(run -> run.id.equals(id)).findFirst().orElseThrow();
  }

  private static void log(Run run, JsonNode body) {
    for (JsonNode metric : body.path("metrics")) {
      run.steps
          .computeIfAbsent(metric.path("step").asLong(), unused -> new TreeMap<>())
          .put(metric.path("key").asText(), metric.path("value").asDouble());
    }
    body.path("tags").forEach(tag -> put(run.tags, tag));
    body.path("params").forEach(param -> put(run.params, param));
  }

  private static void put(Map<String, String> into, JsonNode pair) {
    into.put(pair.path("key").asText(), pair.path("value").asText());
  }

  private void search(String filter, ArrayNode found) {
    Matcher tag = FILTER.matcher(filter);
    if (!tag.matches()) {
      throw new IllegalArgumentException("filter: " + filter);
    }
    for (Run run : runs) {
      if (!run.id.equals(deleted) && Objects.equals(run.tags.get(tag.group(1)), tag.group(2))) {
        found.removeAll();
        ObjectNode told = found.addObject();
        told.putObject("info").put("run_id", run.id);
        ObjectNode data = told.putObject("data");
        ArrayNode tags = data.putArray("tags");
        run.tags.forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
        ArrayNode metrics = data.putArray("metrics");
        run.steps.forEach((step, of) -> metrics.addObject().put("key", "x").put("step", step));
      }
    }
  }

  @Override
  public void close() {
    heldUp.countDown();
    server.stop(0);
  }
}
