// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.chassis.BeatSender;
import icecube.chassis.Closer;
import icecube.chassis.InstanceIds;
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
import icecube.physics.DetectorGeometry;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.PrintWriter;
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
  private final ModelServer modelServer;
  private final PrometheusMeterRegistry emitterMeters;

  /**
   * What to start.
   *
   * @param redisFolder where Redis keeps its log
   * @param models where models come from
   * @param model which model answers
   * @param device what graphs run on
   * @param geometry the detector the model server assumes for plain requests
   * @param consumerCount consumers, at least 1
   */
  public record Settings(
      Path redisFolder,
      List<ModelOrigin> models,
      String model,
      Device device,
      DetectorGeometry geometry,
      int consumerCount) {
    public Settings {
      models = List.copyOf(models);
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
      registry = closer.add(Registry.start(RegistrySettings.at(HOST, 0), meters()));
      PrometheusMeterRegistry serverMeters = meters();
      modelServer =
          closer.add(
              ModelServer.start(
                  ModelOptions.settings(
                          ServerSettings.at(HOST, 0),
                          settings.models(),
                          settings.model(),
                          settings.geometry())
                      .withDevice(settings.device()),
                  serverMeters));
      announce(
          "model-server",
          modelTarget(),
          serverMeters,
          () -> Beat.serving(modelServer.eventsInFlight()),
          modelServer::isReady);
      for (int i = 0; i < settings.consumerCount(); i++) {
        startConsumer();
      }
      emitterMeters = meters();
      announce("emitter", "", emitterMeters, () -> Beat.serving(0), () -> true);
    } catch (RuntimeException e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private void startConsumer() {
    PrometheusMeterRegistry meters = meters();
    ConsumerSettings consumerSettings =
        ConsumerSettings.of(List.of(modelTarget()), settings.model());
    Consumer consumer = closer.add(Consumer.start(log, consumerSettings, meters));
    announce(
        "consumer", "", meters, () -> Beat.serving(consumer.eventsInFlight()), consumer::isReady);
  }

  /** As in separate processes, every service counts for itself. */
  private PrometheusMeterRegistry meters() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    closer.add(meters::close);
    return meters;
  }

  /** Opens the management port of a service and lets it beat. */
  private void announce(
      String kind,
      String address,
      PrometheusMeterRegistry meters,
      Supplier<Beat> beat,
      BooleanSupplier ready) {
    ManagementServer management = closer.add(ManagementServer.start(HOST, 0, meters, ready));
    closer.add(
        BeatSender.start(
            HOST + ":" + registry.port(),
            InstanceIds.create(kind, address, HOST + ":" + management.port()),
            beat,
            meters,
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

  /** Where an emitter into this mesh counts. */
  public MeterRegistry emitterMeters() {
    return emitterMeters;
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
    return HOST + ":" + modelServer.port();
  }

  /** Prints where everything listens. */
  void describe(PrintWriter out) {
    out.println("  redis                " + redis.uri());
    out.println("  registry             " + HOST + ":" + registry.port());
    out.println("  model-server         " + modelTarget());
    out.flush();
  }

  /** Stops everything in reverse order. */
  @Override
  public void close() {
    closer.close();
  }
}
