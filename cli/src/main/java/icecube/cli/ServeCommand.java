// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.modelserver.ModelServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves models over gRPC until it is stopped. */
@Command(
    name = "serve",
    description = "Serve models over gRPC.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./icecube serve --port 8470 --registry 127.0.0.1:8471")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions service;
  @Mixin private ModelOptions model;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8470",
      description = "gRPC; 0 picks one and prints it (default: ${DEFAULT-VALUE})")
  private int port;

  @Override
  public Integer call() {
    try (ServiceHost host = new ServiceHost("model-server", service, spec.commandLine().getOut())) {
      ModelServer server =
          host.add(
              ModelServer.start(
                  model.serverSettings(service.serverAt(port).withSecurity(host.security())),
                  host.telemetry()));
      host.announce(
          server.address(),
          () -> server.isReady() ? Beat.serving(server.eventsInFlight()) : Beat.starting(),
          server::isReady);
      ServiceHost.awaitStop();
    }
    return ExitCode.OK.code();
  }
}
