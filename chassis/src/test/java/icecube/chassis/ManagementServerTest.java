// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicBoolean ready = new AtomicBoolean();
  private final Closer closer = new Closer();
  private final ManagementServer server =
      closer.add(ManagementServer.start("127.0.0.1", 0, metrics, ready::get));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void showsCountersAndTheJvmAsPrometheusText() throws Exception {
    metrics.counter("icecube.consumer.events.accepted").increment(3);

    HttpResponse<String> response = get("/metrics");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(response.body())
        .contains("icecube_consumer_events_accepted_total 3.0")
        .contains("jvm_memory_used_bytes")
        .contains("jvm_threads_live_threads")
        .contains("process_uptime_seconds");
  }

  @Test
  void isLiveWhileNotReady() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void isReadyWhenTheServiceSaysSo() throws Exception {
    ready.set(true);

    HttpResponse<String> response = get("/health/ready");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ready\n");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    HttpRequest head =
        HttpRequest.newBuilder(uri("/health/live"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();

    HttpResponse<String> response = client.send(head, HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void refusesOtherPathsAndMethodsWithWhatItExpects() throws Exception {
    HttpResponse<String> path = get("/metricz");
    HttpResponse<String> method =
        client.send(
            HttpRequest.newBuilder(uri("/metrics"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .timeout(Duration.ofSeconds(10))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(path.statusCode()).isEqualTo(404);
    assertThat(path.body()).contains("expected: /metrics");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(method.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void servesPagesThatAreAddedWithTheirContentType() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server.add(
        new ManagementPage(
            "/discovery/prometheus",
            "application/json",
            () -> "[" + asked.incrementAndGet() + "]"));

    assertThat(get("/discovery/prometheus").body()).isEqualTo("[1]");
    HttpResponse<String> again = get("/discovery/prometheus");

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo("[2]");
    assertThat(again.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(get("/discovery").statusCode()).isEqualTo(404);
    assertThat(get("/discovery").body())
        .contains("expected: /metrics, /health/live, /health/ready or /discovery/prometheus)");
  }

  @Test
  void refusesAPageWherePagesAreAlready() {
    server.add(new ManagementPage("/more", "text/plain", () -> ""));

    for (String taken : List.of("/more", "/metrics", "/health/ready")) {
      assertThatThrownBy(() -> server.add(new ManagementPage(taken, "text/plain", () -> "")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("path: " + taken + " (expected: one not yet taken)");
    }
    assertThatThrownBy(() -> new ManagementPage("more", "text/plain", () -> ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("path: more (expected: ");
  }

  @Test
  void saysWhereItIsToBeAsked() {
    assertThat(server.address()).isEqualTo("127.0.0.1:" + server.port());
    assertThat(Listening.address("::1", 9470)).isEqualTo("[::1]:9470");
    assertThat(Listening.address("[::1]", 9470)).isEqualTo("[::1]:9470");
    assertThat(Listening.address("consumer-a", 9472)).isEqualTo("consumer-a:9472");
  }

  @Test
  void staysUpBesideAServiceThatCannotSayWhetherItIsReady() throws Exception {
    ManagementServer broken =
        closer.add(
            ManagementServer.start(
                "127.0.0.1",
                0,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                () -> {
                  throw new IllegalStateException("no idea");
                }));

    assertThatThrownBy(() -> get(broken.port(), "/health/ready")).isInstanceOf(IOException.class);
    assertThat(get(broken.port(), "/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void boundsTheRequestsOfSilentCallers() throws Exception {
    for (int i = 0; i < 20; i++) {
      closer.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
    }

    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(Threads.named("management-").size()).isLessThanOrEqualTo(4);
    assertThat(System.getProperty("sun.net.httpserver.maxReqTime")).isEqualTo("10");
  }

  @Test
  void refusesATakenPortWithAnAdvice() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> ManagementServer.start("127.0.0.1", port, metrics, ready::get))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("port: " + port)
          .hasMessageContaining("choose another port");
    }
  }

  @Test
  void leavesNoThreadBehind() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);

    server.close();
    server.close();

    Threads.awaitNone("management-");
    Threads.awaitNone("HTTP-Dispatcher");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(server.port(), path);
  }

  private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
