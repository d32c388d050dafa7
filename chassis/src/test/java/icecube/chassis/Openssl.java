// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes authorities and certificates with the {@code openssl} of this machine, in one folder. */
final class Openssl {
  private static final long TIMEOUT_SECONDS = 30;

  private final Path folder;

  Openssl(Path folder) {
    this.folder = folder;
  }

  /** A certificate and its key. */
  record Pair(Path certificate, Path key) {
    /** Puts both where {@code files} look, as a person would: one after the other. */
    void replace(SecurityFiles files) throws IOException {
      swap(certificate, files.certificate().orElseThrow());
      swap(key, files.key().orElseThrow());
    }
  }

  /** An authority of its own. */
  Pair authority(String name) {
    return made(
        name, List.of("-subj", "/CN=" + name, "-addext", "basicConstraints=critical,CA:TRUE"));
  }

  /** A certificate for 127.0.0.1 and the role. */
  Pair leaf(String name, Pair authority, Role role) {
    return leaf(name, authority, "IP:127.0.0.1,URI:spiffe://icecube/" + role.word());
  }

  Pair leaf(String name, Pair authority, String alternativeNames, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-subj",
                "/CN=" + name,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-addext",
                "subjectAltName=" + alternativeNames,
                "-CA",
                authority.certificate().toString(),
                "-CAkey",
                authority.key().toString()));
    arguments.addAll(List.of(more));
    return made(name, arguments);
  }

  /** A file with several certificates. */
  Path bundle(String name, Pair... authorities) throws IOException {
    var text = new StringBuilder();
    for (Pair authority : authorities) {
      text.append(Files.readString(authority.certificate()));
    }
    return Files.writeString(folder.resolve(name), text);
  }

  Pair copy(String name, Pair pair) throws IOException {
    return new Pair(
        Files.copy(pair.certificate(), folder.resolve(name + "-in-use.pem")),
        Files.copy(pair.key(), folder.resolve(name + "-in-use.key")));
  }

  /** Replaces a file at once, as kubelet and certificate tools do. */
  static void swap(Path from, Path to) throws IOException {
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Runs {@code openssl} with these arguments in the folder. */
  void run(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    try {
      Path log = folder.resolve("openssl.log");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("openssl ends").isTrue();
      assertThat(process.exitValue()).as(() -> read(log)).isZero();
    } catch (IOException e) {
      throw new AssertionError("openssl: does not start (expected: openssl 3 in PATH)", e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private Pair made(String name, List<String> more) {
    var pair = new Pair(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-out",
                pair.certificate().toString(),
                "-keyout",
                pair.key().toString()));
    arguments.addAll(more);
    run(arguments);
    return pair;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
