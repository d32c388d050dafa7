// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.SecurityFiles;
import icecube.chassis.StartException;
import icecube.chassis.TransportSecurity;
import icecube.otel.Meters;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By which files a command shows who it is and knows others: the same flags everywhere. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SecurityOptions {
  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "our PEM certificate, ours first; servers then speak TLS")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "its PEM private key (PKCS#8, not encrypted)")
  private @Nullable Path key;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "PEM certificates we trust: calls go over TLS, and servers ask callers for a certificate")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-trust-domain",
      paramLabel = "NAME",
      defaultValue = SecurityFiles.TRUST_DOMAIN,
      description = "certificates name a role as spiffe://NAME/ROLE (default: ${DEFAULT-VALUE})")
  private String trustDomain;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "its first line is the bearer token sent with every call")
  private @Nullable Path token;

  @Option(
      names = "--tokens-accepted",
      paramLabel = "FILE",
      description = "tokens that servers accept instead of a certificate: lines of ROLE SHA256")
  private @Nullable Path tokensAccepted;

  /** Reads the files; the caller closes what is opened. */
  TransportSecurity open(Meters meters) {
    SecurityFiles files =
        SettingException.checked(
            () ->
                new SecurityFiles(
                    Optional.ofNullable(certificate),
                    Optional.ofNullable(key),
                    Optional.ofNullable(authorities),
                    Optional.ofNullable(token),
                    Optional.ofNullable(tokensAccepted),
                    trustDomain));
    try {
      return TransportSecurity.open(files, meters);
    } catch (StartException e) {
      throw new SettingException("--" + e.getMessage());
    }
  }
}
