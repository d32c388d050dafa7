// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.sinks.MlflowServer;
import icecube.sinks.MlflowSink;
import icecube.sinks.SinkSettings;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells MLflow what a stream publishes, until it is stopped. */
@Command(
    name = "sink",
    description =
        "Tell MLflow, window by window, how fast, how old and how good the predictions of a stream"
            + " are, and by which version of a model. Goes on where it ended.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube sink --mlflow http://127.0.0.1:5000",
      "  ./icecube sink --mlflow http://127.0.0.1:5000 --truth out/simulated/train_meta.parquet"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SinkCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions service;
  @Mixin private RedisOptions redis;

  @Option(
      names = "--mlflow",
      paramLabel = "URI",
      required = true,
      description =
          "the tracking server; who asks it stands in MLFLOW_TRACKING_TOKEN, or"
              + " MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD")
  private String mlflow;

  @Option(
      names = "--experiment",
      paramLabel = "NAME",
      defaultValue = SinkSettings.EXPERIMENT,
      description = "made if it is not there (default: ${DEFAULT-VALUE})")
  private String experiment;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "how long one window lasts, 0.1 to 3600 (default: ${DEFAULT-VALUE})")
  private double windowSeconds;

  @Option(
      names = "--truth",
      paramLabel = "META",
      split = ",",
      description = "meta files, Parquet or CSV, whose truth predictions are scored by")
  private List<Path> truth = new ArrayList<>();

  @Override
  public Integer call() {
    String version = Main.Version.words();
    SinkSettings settings =
        SettingException.checked(
            () ->
                new SinkSettings(
                    MlflowServer.of(mlflow, System.getenv()),
                    redis.settings().stream(),
                    experiment,
                    Duration.ofMillis((long) (windowSeconds * 1e3)),
                    version));
    KnownTruth known = KnownTruth.read(truth);
    try (ServiceHost host = new ServiceHost("sink", service, spec.commandLine().getOut())) {
      EventLog log = host.add(RedisEventLog.connectExisting(redis.settings()));
      MlflowSink sink = host.add(MlflowSink.start(log, settings, known, host.telemetry()));
      // It serves while it reads: windows wait for MLflow, and that is nothing to wake anybody for.
      host.announce("", () -> sink.isReading() ? Beat.serving(0) : Beat.starting(), sink::isReady);
      return awaitEnd(sink).code();
    }
  }

  /** Waits for Ctrl-C or SIGTERM, or until the sink can do nothing more, which it has logged. */
  private static ExitCode awaitEnd(MlflowSink sink) {
    try {
      boolean isSetting = sink.awaitFailure() instanceof IllegalArgumentException;
      return isSetting ? ExitCode.USAGE : ExitCode.INTERNAL;
    } catch (InterruptedException e) {
      // The wish to stop is met by returning; closing must not find the thread interrupted.
      return ExitCode.OK;
    }
  }
}
