// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.heartbeat.Registry;
import icecube.heartbeat.RegistrySettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps the registry of who is alive until it is stopped. */
@Command(
    name = "registry",
    description = "Keep the heartbeat registry: who is alive.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./icecube registry --port 8471")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RegistryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions service;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8471",
      description = "gRPC; 0 picks one and prints it (default: ${DEFAULT-VALUE})")
  private int port;

  @Override
  public Integer call() {
    try (ServiceHost host = new ServiceHost("registry", service, spec.commandLine().getOut())) {
      Registry registry =
          host.add(
              Registry.start(
                  RegistrySettings.of(
                      service.serverAt(port).withSecurity(host.security()), Map.of()),
                  host.telemetry().meters()));
      host.announce(
          registry.address(), () -> Beat.serving(0), () -> true, List.of(registry::discovery));
      ServiceHost.awaitStop();
    }
    return ExitCode.OK.code();
  }
}
