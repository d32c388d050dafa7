// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The experiments and runs of an MLflow server, by its REST API, version 2.0. Every call is one
 * request of at most {@value #ASK_SECONDS_MAX} s to the last byte of a reply, of which {@value
 * #REPLY_BYTES_MAX} are read; nothing is tried again here. Thread-safe.
 */
final class MlflowRuns {
  static final int ASK_SECONDS_MAX = 10;
  static final int REPLY_BYTES_MAX = 1 << 20;

  private static final int PROBLEM_CHARS_MAX = 200;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final MlflowServer server;
  private final Duration askMax;
  private final HttpClient http;

  /**
   * A run as the server has it.
   *
   * @param tags its tags
   * @param lastStep the highest step of its metrics; -1 if it has none
   */
  record Run(String id, Map<String, String> tags, long lastStep) {
    Run {
      tags = Map.copyOf(tags);
    }
  }

  MlflowRuns(MlflowServer server) {
    this(server, Duration.ofSeconds(ASK_SECONDS_MAX));
  }

  /** With another bound for one request. */
  MlflowRuns(MlflowServer server, Duration askMax) {
    this.server = server;
    this.askMax = askMax;
    this.http = HttpClient.newBuilder().connectTimeout(askMax).build();
  }

  /** The id of the experiment of this name, which is made if there is none. */
  String experiment(String name) throws IOException {
    Answer found = experimentNamed(name);
    if (found.status() == 404) {
      try {
        return text(
            asked("experiments/create", JSON.createObjectNode().put("name", name)),
            "/experiment_id");
      } catch (MlflowRefusedException e) {
        found = experimentNamed(name);
        if (found.status() != 200) {
          throw e;
        }
        // Somebody else made it in between.
      }
    }
    return text(found.require("experiments/get-by-name", server), "/experiment/experiment_id");
  }

  private Answer experimentNamed(String name) throws IOException {
    String query = "?experiment_name=" + URLEncoder.encode(name, UTF_8);
    return send("GET", "experiments/get-by-name" + query, null);
  }

  /** The newest run of the experiment that is not deleted and has the tag, if there is one. */
  Optional<Run> newest(String experiment, String tag, String value) throws IOException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("filter", "tags.`%s` = '%s'".formatted(tag, value))
            .put("max_results", 1);
    body.putArray("experiment_ids").add(experiment);
    body.putArray("order_by").add("attributes.start_time DESC");
    JsonNode run = asked("runs/search", body).at("/runs/0");
    return run.isMissingNode() ? Optional.empty() : Optional.of(run(run));
  }

  /** Begins a run. */
  String create(String experiment, String name, long startMillis, Map<String, String> tags)
      throws IOException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("experiment_id", experiment)
            .put("run_name", name)
            .put("start_time", startMillis);
    pairs(body, "tags", tags);
    return text(asked("runs/create", body), "/run/info/run_id");
  }

  /** Logs figures of one step, parameters and tags of a run, in one request. */
  void log(
      String run,
      long step,
      long timeMillis,
      Map<String, Double> metrics,
      Map<String, String> params,
      Map<String, String> tags)
      throws IOException {
    ObjectNode body = JSON.createObjectNode().put("run_id", run);
    var array = body.putArray("metrics");
    metrics.forEach(
        (key, value) ->
            array
                .addObject()
                .put("key", key)
                .put("value", value)
                .put("timestamp", timeMillis)
                .put("step", step));
    pairs(body, "params", params);
    pairs(body, "tags", tags);
    JsonNode unused = asked("runs/log-batch", body);
  }

  /**
   * Says of a run that it goes on ({@code RUNNING}) or that nobody adds to it ({@code FINISHED}).
   */
  void setStatus(String run, String status) throws IOException {
    JsonNode unused =
        asked("runs/update", JSON.createObjectNode().put("run_id", run).put("status", status));
  }

  private static void pairs(ObjectNode body, String field, Map<String, String> pairs) {
    var array = body.putArray(field);
    pairs.forEach((key, value) -> array.addObject().put("key", key).put("value", value));
  }

  private static Run run(JsonNode run) {
    var tags = new HashMap<String, String>();
    run.at("/data/tags")
        .forEach(tag -> tags.put(tag.path("key").asText(), tag.path("value").asText()));
    long lastStep = -1;
    for (JsonNode metric : run.at("/data/metrics")) {
      lastStep = Math.max(lastStep, metric.path("step").asLong());
    }
    return new Run(run.at("/info/run_id").asText(), tags, lastStep);
  }

  private String text(JsonNode answer, String at) throws IOException {
    String text = answer.at(at).asText();
    if (text.isEmpty()) {
      throw new IOException(
          "%s: no %s in the answer (expected: what MLflow answers); is this an MLflow server?"
              .formatted(server.uri(), at));
    }
    return text;
  }

  private JsonNode asked(String method, JsonNode body) throws IOException {
    return send("POST", method, body).require(method, server);
  }

  private Answer send(String verb, String method, @Nullable JsonNode body) throws IOException {
    String base = server.uri().toString().replaceFirst("/+$", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/api/2.0/mlflow/" + method))
            .header("content-type", "application/json")
            .method(
                verb,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (!server.authorization().isEmpty()) {
      request.header("authorization", server.authorization());
    }
    // The client's own timeout ends with the headers; this bounds the body, too.
    CompletableFuture<HttpResponse<byte[]>> asked =
        http.sendAsync(request.build(), headers -> new BoundedBody(REPLY_BYTES_MAX));
    try {
      HttpResponse<byte[]> answer = asked.get(askMax.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(answer.statusCode(), new String(answer.body(), UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopped =
          new InterruptedIOException("interrupted while asking MLflow");
      stopped.initCause(e);
      throw stopped;
    } catch (TimeoutException e) {
      throw noAnswer("not all of it within " + askMax, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw noAnswer(cause.toString(), cause);
    } finally {
      asked.cancel(true);
    }
  }

  // The client's own messages are often empty or bare.
  private IOException noAnswer(String why, Throwable cause) {
    return new IOException(
        "MLflow at %s: no answer, %s (expected: a tracking server); start it or look at the network"
            .formatted(server.uri(), why),
        cause);
  }

  private record Answer(int status, String body) {
    JsonNode require(String method, MlflowServer server) throws IOException {
      if (status != 200) {
        String problem = body.replaceAll("\\s+", " ").strip();
        String message =
            "MLflow at %s, %s: status %d, %s (expected: 200)"
                .formatted(
                    server.uri(),
                    method,
                    status,
                    problem.substring(0, Math.min(PROBLEM_CHARS_MAX, problem.length())));
        throw MlflowRefusedException.isFinal(status)
            ? new MlflowRefusedException(message)
            : new IOException(message);
      }
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new IOException(
            "MLflow at %s, %s: not JSON (expected: what MLflow answers); is this an MLflow server?"
                .formatted(server.uri(), method),
            e);
      }
    }
  }
}
