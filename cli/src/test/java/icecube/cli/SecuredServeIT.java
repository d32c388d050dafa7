// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import icecube.v1.ListModelsRequest;
import icecube.v1.ModelServiceGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A server started with the flags of {@code docs/OPERATING.md} answers who shows a certificate or a
 * token of its, and tells everybody else why not.
 */
@Timeout(180)
final class SecuredServeIT {
  private static final String TOKEN = "a-token-of-the-tests-0123456789";
  // Below what the system hands out.
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir private static Path folder;
  private static Openssl openssl;
  private static ServiceProcess mutual;
  private static ServiceProcess accepting;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void serve() throws Exception {
    openssl = new Openssl(folder);
    openssl.authority("ca");
    openssl.authority("foreign");
    openssl.leaf("server", "ca", "DNS:localhost,IP:127.0.0.1,URI:spiffe://icecube/model-server");
    openssl.leaf("client", "ca", "URI:spiffe://icecube/client");
    openssl.leaf("probe", "ca", "URI:spiffe://icecube/probe");
    openssl.leaf("stranger", "foreign", "URI:spiffe://icecube/client");
    Files.writeString(folder.resolve("token"), TOKEN + "\n");
    Files.writeString(folder.resolve("wrong"), "another-token-of-the-tests-01234\n");
    Files.writeString(folder.resolve("accepted"), "client " + sha256(TOKEN) + "\n");
    mutual = start("mutual");
    accepting = start("accepting", "--tokens-accepted", path("accepted"));
    mutual.awaitAnnounced();
    accepting.awaitAnnounced();
  }

  private static ServiceProcess start(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--port",
                "0",
                "--management-port",
                "0",
                "--tls-cert",
                path("server.pem"),
                "--tls-key",
                path("server.key"),
                "--tls-ca",
                path("ca.pem")));
    arguments.addAll(List.of(more));
    return ServiceProcess.start(folder.resolve(name + ".log"), arguments.toArray(String[]::new));
  }

  @AfterAll
  static void close() {
    mutual.close();
    accepting.close();
  }

  @BeforeEach
  void everybodyIsUp() {
    assertThat(mutual.isAlive()).isTrue();
    assertThat(accepting.isAlive()).isTrue();
  }

  @Test
  void anyClientWithACertificateIsAnswered() throws Exception {
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(folder.resolve("ca.pem").toFile())
            .keyManager(
                folder.resolve("client.pem").toFile(), folder.resolve("client.key").toFile())
            .build();

    assertThat(defaultModel(mutual, credentials)).isEqualTo("line-fit");
  }

  @Test
  void aClientWithNeitherCertificateNorTokenIsToldWhatIsMissing() throws Exception {
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder().trustManager(folder.resolve("ca.pem").toFile()).build();

    assertThatThrownBy(() -> defaultModel(accepting, credentials))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
              assertThat(e.getStatus().getDescription())
                  .contains("certificate")
                  .contains("expected");
            });
  }

  @Test
  void loadRunsWithACertificate() throws Exception {
    int code =
        load(mutual, "ca.pem", "--tls-cert", path("client.pem"), "--tls-key", path("client.key"));

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("20 OK");
  }

  @Test
  void loadRunsWithAToken() throws Exception {
    int code = load(accepting, "ca.pem", "--token-file", path("token"));

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("20 OK");
  }

  @Test
  void loadWithAWrongTokenIsToldSo() throws Exception {
    int code = load(accepting, "ca.pem", "--token-file", path("wrong"));

    assertThat(code).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(err.toString()).contains("UNAUTHENTICATED token: unknown (expected:");
  }

  @Test
  void loadWithoutACertificateIsToldThatOneIsAskedFor() throws Exception {
    int code = load(mutual, "ca.pem");

    assertThat(code).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(err.toString())
        .contains("icecube: TLS: ", "CERTIFICATE_REQUIRED (expected: a handshake;")
        .hasLineCount(1);
  }

  @Test
  void loadWithACertificateOfAForeignAuthorityIsRefused() throws Exception {
    int code =
        load(
            mutual,
            "ca.pem",
            "--tls-cert",
            path("stranger.pem"),
            "--tls-key",
            path("stranger.key"));

    assertThat(code).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(err.toString()).contains("icecube: TLS: ", "expected: a handshake").hasLineCount(1);
  }

  @Test
  void loadDoesNotTalkToAServerItDoesNotTrust() throws Exception {
    int code = load(accepting, "foreign.pem", "--token-file", path("token"));

    assertThat(code).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(err.toString()).contains("icecube: TLS: ", "certification path").hasLineCount(1);
  }

  @Test
  void doctorWhoMayNotAskIsNotToldToStartWhatRuns() throws Exception {
    assertThat(doctor("probe")).isEqualTo(ExitCode.UNBALANCED.code());

    assertThat(out.toString())
        .contains("answers, but not to us: PERMISSION_DENIED, role: probe (expected: role consumer")
        .doesNotContain("start one with ./icecube serve")
        .doesNotContain("nothing of icecube");
    doctor("client");
    assertThat(out.toString()).contains("asked for line-fit; ready: ");
  }

  @CanIgnoreReturnValue
  private int doctor(String certificate) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "doctor",
                "--registry",
                NOBODY,
                "--redis",
                "redis://" + NOBODY,
                "--model-server",
                mutual.address()));
    words.addAll(openssl.flags(certificate, "ca"));
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(words.toArray(String[]::new));
  }

  @Test
  void theHealthProbeNeedsNoCertificate() throws Exception {
    assertThat(HealthProbe.probe(mutual.management())).isZero();
  }

  private static String defaultModel(ServiceProcess server, ChannelCredentials credentials)
      throws Exception {
    ManagedChannel channel = Grpc.newChannelBuilder(server.address(), credentials).build();
    try {
      return ModelServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .listModels(ListModelsRequest.getDefaultInstance())
          .getDefaultModelName();
    } finally {
      channel.shutdownNow();
    }
  }

  private int load(ServiceProcess server, String authorities, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "load",
                "--target",
                server.address(),
                "--tls-ca",
                path(authorities),
                "--requests",
                "20",
                "--warm-up",
                "0"));
    words.addAll(List.of(more));
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(words.toArray(String[]::new));
  }

  private static String path(String name) {
    return openssl.path(name);
  }

  private static String sha256(String token) throws NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
  }
}
