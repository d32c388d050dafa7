// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.otel.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every wrong file is named, with the cause, before anything is served. */
class SecurityFilesTest {
  @TempDir private Path folder;
  private Openssl openssl;
  private Openssl.Pair authority;
  private Openssl.Pair leaf;

  @BeforeEach
  void makeFiles() {
    openssl = new Openssl(folder);
    authority = openssl.authority("first");
    leaf = openssl.leaf("leaf", authority, Role.CONSUMER);
  }

  @Test
  void refusesHalfASetting() {
    Optional<Path> none = Optional.empty();
    Optional<Path> file = Optional.of(leaf.key());

    assertThatThrownBy(() -> new SecurityFiles(none, file, none, none, none, "icecube"))
        .hasMessageContaining("tls-cert and tls-key: one of them alone");
    assertThatThrownBy(() -> new SecurityFiles(none, none, none, file, none, "icecube"))
        .hasMessageContaining("token-file: without tls-ca");
    assertThatThrownBy(() -> new SecurityFiles(none, none, none, none, file, "icecube"))
        .hasMessageContaining("tokens-accepted: without tls-cert and tls-key");
    assertThatThrownBy(() -> new SecurityFiles(none, none, none, none, none, "ice/cube"))
        .hasMessageContaining("tls-trust-domain: ice/cube (expected: ");
  }

  @Test
  void namesAFileThatIsNotThere() {
    Path missing = folder.resolve("missing.pem");

    assertRefused(
        SecurityFiles.mutual(missing, leaf.key(), authority.certificate()),
        "tls-cert: " + missing + " is not there");
    assertRefused(
        SecurityFiles.mutual(leaf.certificate(), leaf.key(), missing),
        "tls-ca: " + missing + " is not there");
    assertRefused(
        SecurityFiles.caller(authority.certificate(), missing),
        "token-file: " + missing + " is not there");
  }

  @Test
  void namesAFileThatIsTooLarge() throws IOException {
    Path large = Files.write(folder.resolve("large"), new byte[SmallFile.BYTES_MAX + 1]);

    assertRefused(
        SecurityFiles.mutual(large, leaf.key(), authority.certificate()),
        "tls-cert: " + large + " is larger than 1048576 bytes");
  }

  @Test
  void namesAFileOfAnotherKind() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    Path torn = Files.writeString(folder.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nMII");

    assertRefused(mutual(empty, leaf.key()), "tls-cert: " + empty + " holds no certificate");
    assertRefused(mutual(torn, leaf.key()), "tls-cert: " + torn + " holds no certificate");
    assertRefused(mutual(leaf.certificate(), empty), "tls-key: " + empty + " holds no private key");
    assertRefused(
        mutual(leaf.certificate(), leaf.certificate()),
        "tls-key: " + leaf.certificate() + " holds no private key");
  }

  @Test
  void saysHowToMakeAKeyItCanRead() throws IOException {
    Path encrypted = folder.resolve("encrypted.key");
    String key = leaf.key().toString();
    openssl.run(
        List.of("pkcs8", "-topk8", "-in", key, "-passout", "pass:abcdef", "-out", "encrypted.key"));
    openssl.run(List.of("ec", "-in", key, "-out", "sec1.key"));
    Path torn =
        Files.writeString(
            folder.resolve("torn.key"),
            "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n");

    assertRefused(
        mutual(leaf.certificate(), encrypted),
        encrypted + " holds a key in the form ENCRYPTED PRIVATE KEY");
    assertRefused(
        mutual(leaf.certificate(), folder.resolve("sec1.key")), "openssl pkcs8 -topk8 -nocrypt");
    assertRefused(mutual(leaf.certificate(), torn), torn + " holds a key that cannot be read");
  }

  @Test
  void takesAnRsaKey() {
    Path key = folder.resolve("rsa.key");
    Path certificate = folder.resolve("rsa.pem");
    openssl.run(
        List.of(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=rsa",
            "-keyout",
            "rsa.key",
            "-out",
            "rsa.pem"));

    TransportSecurity.open(mutual(certificate, key), Meters.of(new SimpleMeterRegistry())).close();
    assertRefused(mutual(leaf.certificate(), key), "tls-key: " + key + " is not the key of");
  }

  @Test
  void refusesTheKeyOfAnotherCertificate() {
    Openssl.Pair other = openssl.leaf("other", authority, Role.CONSUMER);

    assertRefused(
        mutual(leaf.certificate(), other.key()),
        "tls-key: " + other.key() + " is not the key of " + leaf.certificate());
  }

  @Test
  void refusesACertificateThatIsOver() throws IOException {
    Path over = folder.resolve("over.pem");
    Files.createFile(folder.resolve("index.txt"));
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca = this
        [this]
        database = index.txt
        new_certs_dir = .
        default_md = sha256
        rand_serial = yes
        policy = any
        [any]
        commonName = supplied
        """);
    openssl.run(
        List.of(
            "req", "-new", "-key", leaf.key().toString(), "-subj", "/CN=over", "-out", "over.csr"));
    openssl.run(
        List.of(
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-in",
            "over.csr",
            "-out",
            "over.pem",
            "-cert",
            authority.certificate().toString(),
            "-keyfile",
            authority.key().toString(),
            "-startdate",
            "20200101000000Z",
            "-enddate",
            "20200102000000Z"));

    assertRefused(
        mutual(over, leaf.key()), "tls-cert: " + over + " expired at 2020-01-02T00:00:00Z");
  }

  @Test
  void refusesTokensThatAreNone() throws IOException {
    Path brief = Files.writeString(folder.resolve("brief"), "secret\n");
    Path wrongRole = Files.writeString(folder.resolve("role"), "# x\n\nking " + "0".repeat(64));
    Path wrongHash = Files.writeString(folder.resolve("hash"), "client my-token-in-the-clear\n");
    Path many =
        Files.writeString(folder.resolve("many"), ("client " + "0".repeat(64) + "\n").repeat(257));

    assertRefused(
        SecurityFiles.caller(authority.certificate(), brief),
        "token-file: " + brief + " has no token in its first line (expected: 16 to 4096");
    SecurityFiles base = mutual(leaf.certificate(), leaf.key());
    assertRefused(base.withTokensAccepted(wrongRole), wrongRole + " has a wrong line 3");
    assertRefused(base.withTokensAccepted(wrongHash), wrongHash + " has a wrong line 1");
    assertRefused(base.withTokensAccepted(many), many + " has 257 tokens (expected: at most 256)");
  }

  @Test
  void neverTellsAToken() throws IOException {
    Path wrong = Files.writeString(folder.resolve("wrong"), "client my-token-in-the-clear\n");

    assertThatThrownBy(() -> open(mutual(leaf.certificate(), leaf.key()).withTokensAccepted(wrong)))
        .hasMessageNotContaining("my-token");
  }

  @Test
  void isPlaintextWithoutFiles() {
    assertThat(TransportSecurity.open(SecurityFiles.NONE, Meters.of(new SimpleMeterRegistry())))
        .isSameAs(TransportSecurity.PLAINTEXT);
    assertThat(TransportSecurity.PLAINTEXT.isServing()).isFalse();
    assertThat(TransportSecurity.PLAINTEXT.isCalling()).isFalse();
  }

  private SecurityFiles mutual(Path certificate, Path key) {
    return SecurityFiles.mutual(certificate, key, authority.certificate());
  }

  private static void open(SecurityFiles files) {
    TransportSecurity.open(files, Meters.of(new SimpleMeterRegistry())).close();
  }

  private static void assertRefused(SecurityFiles files, String message) {
    assertThatThrownBy(() -> open(files))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("(expected: ");
  }
}
