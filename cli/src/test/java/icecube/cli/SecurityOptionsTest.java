// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A service that is told something wrong about keys does not start, and says why. */
final class SecurityOptionsTest {
  @TempDir private Path folder;
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"serve", "registry", "consume", "emit"})
  void aMissingFileIsNamedByFlagAndPath(String command) {
    String missing = folder.resolve("missing.pem").toString();

    assertThat(execute(command, "--tls-ca", missing)).isEqualTo(2);
    assertThat(err.toString()).contains("--tls-ca: " + missing + " is not there");
  }

  @Test
  void halfACertificateIsRefused() {
    assertThat(execute("serve", "--tls-cert", "a.pem")).isEqualTo(2);
    assertThat(err.toString()).contains("tls-cert and tls-key: one of them alone");
  }

  @Test
  void aTokenIsNotSentInTheClear() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");

    assertThat(execute("consume", "--token-file", token.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("token-file: without tls-ca");
  }

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }
}
