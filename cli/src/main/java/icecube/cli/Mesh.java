// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.chassis.BeatSender;
import icecube.chassis.Closer;
import icecube.chassis.ManagementServer;
import icecube.chassis.ServerSettings;
import icecube.chassis.TransportSecurity;
import icecube.consumer.Consumer;
import icecube.consumer.ConsumerSettings;
import icecube.dataset.DatasetException;
import icecube.heartbeat.Registry;
import icecube.heartbeat.RegistrySettings;
import icecube.modelserver.Device;
import icecube.modelserver.ModelOrigin;
import icecube.modelserver.ModelServer;
import icecube.otel.Telemetry;
import icecube.physics.DetectorGeometry;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.stream.StreamMetrics;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The whole mesh in one process: embedded Redis, registry, model server and consumers on ports of
 * their own choice, talking to each other over real sockets exactly as separate processes do.
 */
public final class Mesh implements AutoCloseable {
  private static final String HOST = ServerSettings.HOST;
  private static final int PARTITIONS = 2;
  private static final String STREAM = "icecube";

  private final Closer closer = new Closer();
  private final Settings settings;
  private final EmbeddedRedis redis;
  private final EventLog log;
  private final Registry registry;
  private final ManagementServer registryManagement;
  private final ModelServer modelServer;
  private final ToldService emitterTold;

  /**
   * What to start.
   *
   * @param redisFolder where Redis keeps its log
   * @param models where models come from
   * @param model which model answers
   * @param device what graphs run on
   * @param geometry the detector the model server assumes for plain requests
   * @param consumerCount consumers, at least 1
   * @param traces which are drawn, and where they go
   */
  public record Settings(
      Path redisFolder,
      List<ModelOrigin> models,
      String model,
      Device device,
      DetectorGeometry geometry,
      int consumerCount,
      ToldService.TraceSettings traces) {
    public Settings {
      models = List.copyOf(models);
    }

    /** With traces as this process was told. */
    public Settings(
        Path redisFolder,
        List<ModelOrigin> models,
        String model,
        Device device,
        DetectorGeometry geometry,
        int consumerCount) {
      this(
          redisFolder,
          models,
          model,
          device,
          geometry,
          consumerCount,
          ToldService.TraceSettings.ofProcess());
    }

    /** With the models of a folder, if there is one, on processors. */
    public Settings(
        Path redisFolder,
        Optional<Path> models,
        String model,
        DetectorGeometry geometry,
        int consumerCount) {
      this(
          redisFolder,
          models.<ModelOrigin>map(ModelOrigin.Folder::new).stream().toList(),
          model,
          Device.CPU,
          geometry,
          consumerCount);
    }
  }

  private Mesh(Settings settings) {
    this.settings = settings;
    try {
      redis = closer.add(EmbeddedRedis.start(settings.redisFolder()));
      log =
          closer.add(
              RedisEventLog.connect(
                  new RedisSettings(redis.uri(), STREAM, OptionalInt.of(PARTITIONS))));
      ToldService registryTold = told("registry");
      registry =
          closer.add(
              Registry.start(RegistrySettings.at(HOST, 0), registryTold.telemetry().meters()));
      registryManagement =
          closer.add(ManagementServer.start(HOST, 0, registryTold.meters(), () -> true));
      registryManagement.add(
          registry.discovery(
              registryTold.instance(registry.address(), registryManagement.address())));
      ToldService serverTold = told("model-server");
      modelServer =
          closer.add(
              ModelServer.start(
                  ModelOptions.settings(
                          ServerSettings.at(HOST, 0),
                          settings.models(),
                          settings.model(),
                          settings.geometry())
                      .withDevice(settings.device()),
                  serverTold.telemetry()));
      announce(
          modelTarget(),
          serverTold,
          () -> Beat.serving(modelServer.eventsInFlight()),
          modelServer::isReady);
      for (int i = 0; i < settings.consumerCount(); i++) {
        startConsumer();
      }
      emitterTold = told("emitter");
      closer.add(StreamMetrics.start(log, emitterTold.telemetry().meters()));
      announce("", emitterTold, () -> Beat.serving(0), () -> true);
    } catch (RuntimeException e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private void startConsumer() {
    ToldService told = told("consumer");
    closer.add(StreamMetrics.start(log, told.telemetry().meters()));
    ConsumerSettings consumerSettings =
        ConsumerSettings.of(List.of(modelTarget()), settings.model());
    Consumer consumer = closer.add(Consumer.start(log, consumerSettings, told.telemetry()));
    announce("", told, () -> Beat.serving(consumer.eventsInFlight()), consumer::isReady);
  }

  /** As in separate processes, every service counts for itself. */
  private ToldService told(String kind) {
    return ToldService.begin(kind, settings.traces(), closer);
  }

  /** Opens the management port of a service and lets it beat. */
  private void announce(
      String address, ToldService told, Supplier<Beat> beat, BooleanSupplier ready) {
    ManagementServer management = closer.add(ManagementServer.start(HOST, 0, told.meters(), ready));
    closer.add(
        BeatSender.start(
            registry.address(),
            told.instance(address, management.address()),
            beat,
            told.telemetry().meters(),
            TransportSecurity.PLAINTEXT));
  }

  /** Starts everything, in order, and returns when it is up; what fails closes what was started. */
  public static Mesh start(Settings settings) {
    return new Mesh(settings);
  }

  /** The stream's event log. */
  public EventLog log() {
    return log;
  }

  /** What an emitter into this mesh tells of itself. */
  public Telemetry emitterTelemetry() {
    return emitterTold.telemetry();
  }

  /**
   * Refuses to go on where Redis cannot write: services would wait for room for ever, as they
   * should where an operator watches them, but here somebody waits for the end.
   *
   * @throws DatasetException of kind output if Redis cannot write
   */
  void requireRoom() {
    if (redis.isRefusingWrites()) {
      throw DatasetException.output(
          settings.redisFolder().getParent()
              + ": no room for what Redis keeps while events flow (expected: about 2 kB an event);"
              + " free some or choose another --output",
          null);
    }
  }

  String model() {
    return settings.model();
  }

  private String modelTarget() {
    return modelServer.address();
  }

  /** Where Prometheus learns of everything in this mesh that it can scrape. */
  URI targetsUri() {
    return URI.create("http://" + registryManagement.address() + Registry.DISCOVERY_PATH);
  }

  /** Prints where everything listens. */
  void describe(PrintWriter out) {
    out.println("  redis                " + redis.uri());
    out.println("  registry             " + registry.address());
    out.println("  model-server         " + modelTarget());
    out.println("  prometheus targets   " + targetsUri());
    out.flush();
  }

  /** Stops everything in reverse order. */
  @Override
  public void close() {
    closer.close();
  }
}
