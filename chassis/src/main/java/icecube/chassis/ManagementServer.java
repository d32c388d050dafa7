// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port for machines that watch: {@code /metrics} (Prometheus text, with the JVM's own
 * figures), {@code /health/live} (the process runs: 200) and {@code /health/ready} (it may be
 * asked: 200, else 503), and what pages the service {@linkplain #add adds}.
 *
 * <p>Two threads and {@value #WAITING_MAX} waiting requests; more are cut off. A request or an
 * answer that takes over ten seconds is cut off too, unless the JVM's {@code sun.net.httpserver}
 * properties say otherwise. No authentication: bind it to loopback or to a network you trust.
 * Thread-safe.
 */
public final class ManagementServer implements AutoCloseable {
  /** Requests that may wait for a thread. */
  public static final int WAITING_MAX = 32;

  private static final int THREAD_COUNT = 2;
  private static final int REQUEST_SECONDS_MAX = 10;
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
  private static final List<String> OWN_PATHS =
      List.of("/metrics", "/health/live", "/health/ready");
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

  private final String host;
  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final JvmMetrics jvmMetrics;
  private final PrometheusMeterRegistry metrics;
  private final BooleanSupplier ready;
  private final Map<String, ManagementPage> pages = new ConcurrentSkipListMap<>();

  private ManagementServer(
      String host,
      HttpServer server,
      ThreadPoolExecutor threads,
      JvmMetrics jvmMetrics,
      PrometheusMeterRegistry metrics,
      BooleanSupplier ready) {
    this.host = host;
    this.server = server;
    this.threads = threads;
    this.jvmMetrics = jvmMetrics;
    this.metrics = metrics;
    this.ready = ready;
  }

  /**
   * Binds {@code port} (0 takes any free one) and answers.
   *
   * @param ready asked on each {@code /health/ready}; must be quick and thread-safe
   * @throws StartException if the port is taken or the host is not of this machine
   */
  public static ManagementServer start(
      String host, int port, PrometheusMeterRegistry metrics, BooleanSupplier ready) {
    requireNonNull(metrics, "metrics");
    requireNonNull(ready, "ready");
    InetSocketAddress address = Listening.resolve(host, port);
    boundRequestTime();
    HttpServer server;
    try {
      server = HttpServer.create(address, WAITING_MAX);
    } catch (IOException e) {
      throw Listening.refused(host, port, e);
    }
    ManagementServer management =
        new ManagementServer(host, server, threads(), JvmMetrics.bind(metrics), metrics, ready);
    server.setExecutor(management.threads);
    server.createContext("/", management::answer);
    server.start();
    return management;
  }

  /** The port that is listened on, also if 0 was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** {@code host:port} to ask at, the host as it was given to {@link #start}. */
  public String address() {
    return Listening.address(host, port());
  }

  /**
   * Serves {@code page}, too, from now on.
   *
   * @throws IllegalArgumentException if something is served at its path already
   */
  public void add(ManagementPage page) {
    if (OWN_PATHS.contains(page.path()) || pages.putIfAbsent(page.path(), page) != null) {
      throw new IllegalArgumentException("path: " + page.path() + " (expected: one not yet taken)");
    }
  }

  /** Stops at once: whoever scrapes asks again elsewhere. Later calls do nothing. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    jvmMetrics.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!"GET".equals(method) && !"HEAD".equals(method)) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, PLAIN_TEXT, "method: " + method + " (expected: GET or HEAD)\n");
        return;
      }
      String path = exchange.getRequestURI().getPath();
      switch (path) {
        case "/metrics" -> sendMetrics(exchange);
        case "/health/live" -> send(exchange, 200, PLAIN_TEXT, "live\n");
        case "/health/ready" -> sendReadiness(exchange);
        default -> sendPage(exchange, path);
      }
    } catch (RuntimeException e) {
      // The server would swallow it; the caller sees the connection end.
      LOG.error("management request failed", e);
      throw e;
    }
  }

  /** In OpenMetrics' text, which alone has exemplars, for whoever can read it. */
  private void sendMetrics(HttpExchange exchange) throws IOException {
    String accepted = exchange.getRequestHeaders().getFirst("Accept");
    String type =
        accepted != null && accepted.contains("application/openmetrics-text")
            ? OPEN_METRICS
            : PROMETHEUS_TEXT;
    send(exchange, 200, type, metrics.scrape(type));
  }

  private void sendReadiness(HttpExchange exchange) throws IOException {
    if (ready.getAsBoolean()) {
      send(exchange, 200, PLAIN_TEXT, "ready\n");
    } else {
      send(exchange, 503, PLAIN_TEXT, "not ready\n");
    }
  }

  private void sendPage(HttpExchange exchange, String path) throws IOException {
    ManagementPage page = pages.get(path);
    if (page != null) {
      send(exchange, 200, page.contentType(), page.text().get());
      return;
    }
    List<String> known = new ArrayList<>(OWN_PATHS);
    known.addAll(pages.keySet());
    String last = known.remove(known.size() - 1);
    send(
        exchange,
        404,
        PLAIN_TEXT,
        "path: unknown (expected: " + String.join(", ", known) + " or " + last + ")\n");
  }

  private static void send(HttpExchange exchange, int status, String contentType, String text)
      throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    if ("HEAD".equals(exchange.getRequestMethod())) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  // The JDK's server waits for ever by default and takes these only as system properties, once.
  private static void boundRequestTime() {
    for (String name : new String[] {"maxReqTime", "maxRspTime"}) {
      String property = "sun.net.httpserver." + name;
      if (System.getProperty(property) == null) {
        System.setProperty(property, Integer.toString(REQUEST_SECONDS_MAX));
      }
    }
  }

  private static ThreadPoolExecutor threads() {
    AtomicInteger index = new AtomicInteger();
    return new ThreadPoolExecutor(
        THREAD_COUNT,
        THREAD_COUNT,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(WAITING_MAX),
        work -> {
          Thread thread = new Thread(work, "management-" + index.getAndIncrement());
          thread.setDaemon(true);
          return thread;
        });
  }
}
