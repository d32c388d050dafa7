// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.ServerSettings;
import icecube.chassis.TransportSecurity;
import icecube.otel.Meters;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every long-running service is told: where to listen and whom to tell that it lives. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ServiceOptions {
  private static final int PORT_MAX = 65_535;
  private static final Pattern TARGET = Pattern.compile("[^\\s,]+:\\d{1,5}");

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE})")
  private String host = "";

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description =
          "serves /metrics, /health/live and /health/ready; 0 picks one and prints it"
              + " (default: ${DEFAULT-VALUE})")
  private int managementPort;

  @Option(
      names = "--registry",
      paramLabel = "HOST:PORT",
      description = "heartbeat registry to beat to (default: none)")
  private @Nullable String registry;

  @Mixin private SecurityOptions security;

  String host() {
    return host;
  }

  int managementPort() {
    requirePort("--management-port", managementPort);
    return managementPort;
  }

  /** A server of the service on {@code --port}. */
  ServerSettings serverAt(int port) {
    requirePort("--port", port);
    return SettingException.checked(() -> ServerSettings.at(host, port));
  }

  /** Opens the files that the flags name; a service that has some calls nobody without them. */
  TransportSecurity openSecurity(Meters meters) {
    TransportSecurity opened = security.open(meters);
    if (registry != null && opened.isServing() && !opened.isCalling()) {
      opened.close();
      throw new SettingException(
          "--registry: "
              + registry
              + " would be called in the clear (expected: --tls-ca beside --tls-cert)");
    }
    return opened;
  }

  /** Refuses what cannot be an address; whether somebody is there is another question. */
  static void requireTarget(String flag, String target) {
    if (!TARGET.matcher(target).matches()) {
      throw new SettingException(flag + ": " + target + " (expected: HOST:PORT)");
    }
  }

  private static void requirePort(String flag, int port) {
    if (port < 0 || port > PORT_MAX) {
      throw new SettingException(flag + ": " + port + " (expected: 0.." + PORT_MAX + ")");
    }
  }

  Optional<String> registry() {
    if (registry != null) {
      requireTarget("--registry", registry);
    }
    return Optional.ofNullable(registry);
  }
}
