// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import io.grpc.ChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How load shows who it is. The flags of the services, but read once: a run is short, and a server
 * of others may be trusted by what this Java trusts.
 */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoadSecurityOptions {
  /** The most characters of a token file. */
  private static final int TOKEN_CHARS_MAX = 65_536;

  @Option(names = "--tls", description = "speak TLS, trusting who this Java trusts")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "speak TLS, trusting these certificates (PEM) instead")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "our PEM certificate, ours first, for servers that ask for one")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "its PEM private key (PKCS#8, not encrypted)")
  private @Nullable Path key;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "its first line is the bearer token sent with every call")
  private @Nullable Path token;

  /** What the connections are made with. */
  ChannelCredentials credentials() {
    boolean isSecure = tls || authorities != null;
    if ((certificate == null) != (key == null)) {
      throw new SettingException("--tls-cert and --tls-key: one of them alone (expected: both)");
    }
    if (!isSecure && (certificate != null || token != null)) {
      throw new SettingException(
          "--tls-cert, --token-file: without TLS (expected: --tls-ca or --tls, too)");
    }
    if (!isSecure) {
      return InsecureChannelCredentials.create();
    }
    ChannelCredentials credentials = tlsCredentials();
    return token == null
        ? credentials
        : CompositeChannelCredentials.create(credentials, new BearerToken(firstLine(token)));
  }

  private ChannelCredentials tlsCredentials() {
    TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
    if (authorities != null) {
      File file = readable("--tls-ca", authorities);
      pem("--tls-ca", authorities, () -> builder.trustManager(file));
    }
    if (certificate != null && key != null) {
      File shown = readable("--tls-cert", certificate);
      File secret = readable("--tls-key", key);
      pem("--tls-key", key, () -> builder.keyManager(shown, secret));
    }
    return builder.build();
  }

  private static File readable(String flag, Path path) {
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new SettingException(flag + ": " + path + " cannot be read (expected: a PEM file)");
    }
    return path.toFile();
  }

  /** Takes the bytes of a file, which are understood only when the first connection is opened. */
  private static void pem(String flag, Path path, FileReading reading) {
    try {
      reading.read();
    } catch (IOException e) {
      throw new SettingException(flag + ": " + path + " cannot be read (expected: a PEM file)");
    }
  }

  private static String firstLine(Path path) {
    var chars = new char[TOKEN_CHARS_MAX];
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.US_ASCII)) {
      int length = Math.max(0, reader.read(chars));
      String line = new String(chars, 0, length).lines().findFirst().orElse("").strip();
      if (!line.isEmpty()) {
        return line;
      }
    } catch (IOException e) {
      throw new SettingException(
          "--token-file: " + path + " cannot be read (expected: a line of ASCII)");
    }
    throw new SettingException("--token-file: " + path + " is empty (expected: a line of ASCII)");
  }

  /** What reads a file. */
  @FunctionalInterface
  private interface FileReading {
    void read() throws IOException;
  }
}
