// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.EmbeddedRedis;
import icecube.testkit.CollectorServer;
import icecube.testkit.JaegerServer;
import icecube.testkit.MlflowTracker;
import icecube.testkit.Program;
import icecube.testkit.PrometheusServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A mesh of separate processes under a steady load, with a model that has a shadow, and everything
 * that looks at it: Collector, Jaeger, Prometheus, MLflow. Confined to one thread.
 */
final class MonitoredMesh implements AutoCloseable {
  private static final String MLFLOW = "mlflow";
  private static final String MODEL = "line-fit-onnx";
  private static final String EVENTS_PER_SECOND = "200";

  private final Path folder;
  private final Deque<Runnable> started = new ArrayDeque<>();
  private final JaegerServer jaeger;
  private final CollectorServer collector;
  private final EmbeddedRedis redis;
  private final ServiceProcess registry;
  private final ServiceProcess modelServer;
  private final PrometheusServer prometheus;

  private MonitoredMesh(Path folder) throws Exception {
    this.folder = folder;
    try {
      jaeger = JaegerServer.start(program(JaegerServer.NAME), folder);
      started.push(jaeger::close);
      collector =
          CollectorServer.start(
              program(CollectorServer.NAME),
              folder,
              Map.of("JAEGER_OTLP_ENDPOINT", jaeger.otlpGrpc()));
      started.push(collector::close);
      redis = EmbeddedRedis.start(folder.resolve("redis"));
      started.push(redis::close);
      limitMemory(redis.uri());
      registry = start("registry", "--port", "0");
      modelServer =
          start(
              "serve",
              "--port",
              "0",
              "--models",
              models(),
              "--model",
              MODEL,
              "--registry",
              registry.address());
      String target = modelServer.address();
      consumer(target);
      consumer(target);
      start(
          "emit",
          "--redis",
          redis.uri(),
          "--registry",
          registry.address(),
          "--events",
          "1000000",
          "--rate",
          EVENTS_PER_SECOND,
          "--trace-ratio",
          "1");
      MlflowTracker mlflow = MlflowTracker.start(program(MLFLOW), folder);
      started.push(mlflow::close);
      start(
          "sink",
          "--redis",
          redis.uri(),
          "--registry",
          registry.address(),
          "--mlflow",
          mlflow.uri().toString(),
          "--window",
          "5");
      prometheus =
          PrometheusServer.start(
              program(PrometheusServer.NAME),
              folder,
              ScaledPrometheus.write(folder, registry.management(), collector));
      started.push(prometheus::close);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  static MonitoredMesh start(Path folder) throws Exception {
    return new MonitoredMesh(folder);
  }

  static List<String> programs() {
    return List.of(JaegerServer.NAME, CollectorServer.NAME, PrometheusServer.NAME, MLFLOW);
  }

  private static Program program(String name) {
    return Program.find(name).orElseThrow();
  }

  private ServiceProcess start(String... arguments) throws Exception {
    ServiceProcess service =
        ServiceProcess.start(
            folder.resolve(arguments[0] + ".log"),
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.otlpGrpc().toString()),
            arguments);
    started.push(service::close);
    return service.awaitAnnounced();
  }

  /** One more consumer. */
  ServiceProcess consumer() throws Exception {
    return consumer(modelServer.address());
  }

  private ServiceProcess consumer(String target) throws Exception {
    return start(
        "consume",
        "--redis",
        redis.uri(),
        "--model-server",
        target,
        "--registry",
        registry.address());
  }

  /** So that there is a share of it that is used. */
  private static void limitMemory(String uri) throws IOException {
    URI redis = URI.create(uri);
    try (var socket = new Socket(redis.getHost(), redis.getPort())) {
      socket
          .getOutputStream()
          .write("CONFIG SET maxmemory 400mb\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("+OK\r\n");
    }
  }

  /** The same graph twice, the second as the shadow of the first. */
  private String models() throws IOException {
    Path shipped = Program.root().resolve("models").resolve(MODEL).resolve("1");
    Path model = folder.resolve("models").resolve(MODEL);
    for (String version : List.of("1", "2")) {
      Path copy = Files.createDirectories(model.resolve(version));
      Files.copy(shipped.resolve("model.onnx"), copy.resolve("model.onnx"));
      Files.writeString(
          copy.resolve("model.yaml"),
          Files.readString(shipped.resolve("model.yaml"))
              .replace("version: \"1\"", "version: \"" + version + "\"")
              .replaceFirst("manifest_sha256: .*\n", ""));
    }
    Files.writeString(model.resolve("labels.yaml"), "champion: \"1\"\nshadow: \"2\"\n");
    return folder.resolve("models").toString();
  }

  PrometheusServer prometheus() {
    return prometheus;
  }

  JaegerServer jaeger() {
    return jaeger;
  }

  ServiceProcess modelServer() {
    return modelServer;
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!started.isEmpty()) {
      try {
        started.pop().run();
      } catch (RuntimeException e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
