// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.heartbeat.Registry;
import icecube.heartbeat.RegistrySettings;
import java.util.ArrayList;
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
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube registry --port 8471",
      "  ./icecube registry --expect consumer=4,model-server=2"
    })
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

  @Option(
      names = "--expect",
      paramLabel = "KIND=N",
      split = ",",
      description =
          "how many have to serve, also before the first of them has come (default: one of each"
              + " kind that has come and not said goodbye)")
  private List<String> expected = new ArrayList<>();

  @Override
  public Integer call() {
    Map<String, Integer> wanted = ExpectedInstances.parse(expected);
    try (ServiceHost host = new ServiceHost("registry", service, spec.commandLine().getOut())) {
      Registry registry =
          host.add(
              Registry.start(
                  RegistrySettings.of(service.serverAt(port).withSecurity(host.security()), wanted),
                  host.telemetry().meters()));
      host.announce(
          registry.address(), () -> Beat.serving(0), () -> true, List.of(registry::discovery));
      ServiceHost.awaitStop();
    }
    return ExitCode.OK.code();
  }
}
