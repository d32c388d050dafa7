// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.consumer.Consumer;
import icecube.consumer.ConsumerSettings;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads events from the stream, has them predicted and publishes, until it is stopped. */
@Command(
    name = "consume",
    description = "Read events from the stream, have them predicted, publish the answers.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube consume --redis redis://127.0.0.1:6379 --model-server 127.0.0.1:8470",
      "  ./icecube consume --model-server a:8470,b:8470 --streams-per-server 2 --lease 15"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConsumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions service;
  @Mixin private RedisOptions redis;

  @Option(
      names = "--model-server",
      paramLabel = "TARGET",
      split = ",",
      defaultValue = "127.0.0.1:8470",
      description = "model servers, HOST:PORT[,HOST:PORT] (default: ${DEFAULT-VALUE})")
  private List<String> modelServers;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "",
      description = "the model to ask for (default: the server's own)")
  private String model;

  @Mixin private ConsumptionOptions consumption;

  @Override
  public Integer call() {
    modelServers.forEach(target -> ServiceOptions.requireTarget("--model-server", target));
    ConsumerSettings settings = consumption.settings(modelServers, model);
    try (ServiceHost host = new ServiceHost("consumer", service, spec.commandLine().getOut())) {
      EventLog log = host.add(RedisEventLog.connect(redis.settings()));
      Consumer consumer =
          host.add(Consumer.start(log, settings, host.telemetry(), host.security()));
      host.announce(
          "",
          () -> consumer.isReady() ? Beat.serving(consumer.eventsInFlight()) : Beat.starting(),
          consumer::isReady);
      ServiceHost.awaitStop();
    }
    return ExitCode.OK.code();
  }
}
