// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes authorities and certificates in one folder with the {@code openssl} of this machine, as
 * {@code docs/OPERATING.md} makes them: {@code NAME.pem} and {@code NAME.key}.
 */
final class Openssl {
  /** How long they last where nothing else is said, days. */
  static final int DAYS = 2;

  private static final long SECONDS_MAX = 30;

  private final Path folder;

  Openssl(Path folder) {
    this.folder = folder;
  }

  /** An authority of its own. */
  void authority(String name) throws Exception {
    request(name, DAYS, "-addext", "basicConstraints=critical,CA:TRUE");
  }

  /** A certificate for the names, signed by an authority made before. */
  void leaf(String name, String authority, String alternativeNames) throws Exception {
    leaf(name, authority, alternativeNames, DAYS);
  }

  /** The same with so many days to go. */
  void leaf(String name, String authority, String alternativeNames, int days) throws Exception {
    request(
        name,
        days,
        "-CA",
        path(authority + ".pem"),
        "-CAkey",
        path(authority + ".key"),
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        "subjectAltName=" + alternativeNames);
  }

  /** Where a file of this folder lies. */
  String path(String name) {
    return folder.resolve(name).toString();
  }

  /** The flags by which a command shows this certificate and trusts that authority. */
  List<String> flags(String name, String authority) {
    return List.of(
        "--tls-cert",
        path(name + ".pem"),
        "--tls-key",
        path(name + ".key"),
        "--tls-ca",
        path(authority + ".pem"));
  }

  private void request(String name, int days, String... more) throws Exception {
    String command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days %d -subj /CN=%s"
            .formatted(days, name);
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of("-keyout", path(name + ".key"), "-out", path(name + ".pem")));
    words.addAll(List.of(more));
    Path log = folder.resolve("openssl.log");
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> read(log)).isZero();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
