// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A model server as a process of its own, ready to be asked; ends with its children. */
final class ServingPeer implements AutoCloseable {
  private static final long READY_SECONDS_MAX = 120;
  private static final long END_SECONDS_MAX = 20;
  private static final Pattern LISTENS = Pattern.compile("listens on [^ ]+:(\\d+)");
  private static final Pattern METRICS = Pattern.compile("management on (http\\S+)");

  private final Process process;
  private final int port;
  private final Optional<URI> metrics;

  private ServingPeer(Process process, int port, Optional<URI> metrics) {
    this.process = process;
    this.port = port;
    this.metrics = metrics;
  }

  /**
   * {@code icecube serve} with the models of {@code folder}, as a user starts it.
   *
   * @param javaOptions further options for its Java, separated by spaces
   */
  static ServingPeer icecube(Path folder, Path log, String javaOptions) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    "./icecube",
                    "serve",
                    "--models",
                    folder.toString(),
                    "--model",
                    "transformer",
                    "--port",
                    "0"))
            .redirectError(log.toFile());
    builder.environment().put("ICECUBE_JAVA_OPTS", javaOptions);
    Process process = builder.start();
    CompletableFuture<Integer> port = new CompletableFuture<>();
    CompletableFuture<URI> metrics = new CompletableFuture<>();
    Thread reader = new Thread(() -> follow(process, port, metrics), "icecube-output");
    reader.setDaemon(true);
    reader.start();
    return new ServingPeer(
        process,
        port.get(READY_SECONDS_MAX, TimeUnit.SECONDS),
        Optional.of(metrics.get(READY_SECONDS_MAX, TimeUnit.SECONDS)));
  }

  private static void follow(
      Process process, CompletableFuture<Integer> port, CompletableFuture<URI> metrics) {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = LISTENS.matcher(line);
        if (matcher.find()) {
          port.complete(Integer.valueOf(matcher.group(1)));
        }
        Matcher management = METRICS.matcher(line);
        if (management.find()) {
          metrics.complete(URI.create(management.group(1)));
        }
      }
    } catch (IOException e) {
      port.completeExceptionally(e);
    }
    IOException ended = new IOException("icecube serve ended before it listened");
    port.completeExceptionally(ended);
    metrics.completeExceptionally(ended);
  }

  /** FastAPI with onnxruntime; the port speaks HTTP. */
  static ServingPeer fastApi(Path model, Path log) throws Exception {
    int port = freePort();
    Process process =
        python("peers", "fastapi_service.py", log, model.toString(), Integer.toString(port));
    return ready(new ServingPeer(process, port, Optional.empty()), port, "/health", log);
  }

  /** Triton from PyPI; the port speaks gRPC. */
  static ServingPeer triton(Path model, Path log) throws Exception {
    int grpc = freePort();
    int http = freePort();
    Process process =
        python(
            "triton",
            "triton_service.py",
            log,
            model.toString(),
            Integer.toString(grpc),
            Integer.toString(http),
            Integer.toString(freePort()));
    return ready(
        new ServingPeer(process, grpc, Optional.empty()),
        http,
        "/v2/models/transformer/ready",
        log);
  }

  private static Process python(String environment, String script, Path log, String... arguments)
      throws IOException {
    String python = ".cache/serving/" + environment + "/bin/python";
    return new ProcessBuilder(
            Stream.concat(Stream.of(python, "benchmarks/serving/" + script), Stream.of(arguments))
                .toList())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static ServingPeer ready(ServingPeer peer, int port, String path, Path log)
      throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(2))
            .build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
    while (System.nanoTime() < deadline && peer.process.isAlive()) {
      try {
        if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          return peer;
        }
      } catch (IOException e) {
        // Not listening yet.
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    peer.close();
    throw new IOException("peer: not ready; its last words are in " + log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  /** Its memory, threads and files; only of {@code icecube serve}. */
  ServerVitals vitals() {
    return new ServerVitals(process.pid(), metrics.orElseThrow());
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
