// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.otel.Meters;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportSecurityTest {
  private static final Duration QUICK = Duration.ofMillis(20);
  private static final String TOKEN = "a-token-of-the-tests-0123456789";

  @TempDir private Path folder;
  private final Closer closer = new Closer();
  private Openssl openssl;
  private Openssl.Pair authority;
  private Path authorities;
  private Openssl.Pair serverPair;

  @BeforeEach
  void makeAuthority() throws IOException {
    openssl = new Openssl(folder);
    authority = openssl.authority("first");
    authorities = openssl.bundle("authorities.pem", authority);
    serverPair = openssl.leaf("server", authority, Role.MODEL_SERVER);
  }

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void knowsACallerByItsCertificate() {
    GrpcServer server = serve(open(mutual(serverPair)));

    assertThat(WhoService.ask(channel(server, open(mutual(operator()))))).isEqualTo("CN=first");
  }

  @Test
  void refusesPlaintext() {
    GrpcServer server = serve(open(mutual(serverPair)));

    assertCode(() -> ask(server, TransportSecurity.PLAINTEXT), Status.Code.UNAVAILABLE);
  }

  @Test
  void refusesACallerWithoutACertificate() {
    GrpcServer server = serve(open(mutual(serverPair)));

    assertCode(() -> ask(server, trusting(authorities)), Status.Code.UNAVAILABLE);
  }

  @Test
  void refusesACertificateOfAForeignAuthority() throws IOException {
    GrpcServer server = serve(open(mutual(serverPair)));
    Openssl.Pair foreign = openssl.authority("foreign");
    Openssl.Pair stranger = openssl.leaf("stranger", foreign, Role.OPERATOR);

    assertCode(() -> ask(server, open(mutual(stranger))), Status.Code.UNAVAILABLE);
  }

  @Test
  void refusesAServerOfAForeignAuthorityOrAnotherName() throws IOException {
    Path foreign = openssl.bundle("foreign.pem", openssl.authority("foreign"));
    GrpcServer server = serve(open(mutual(serverPair)));
    GrpcServer misnamed = serve(open(mutual(openssl.leaf("elsewhere", authority, "DNS:other"))));

    assertCode(() -> ask(server, trusting(foreign)), Status.Code.UNAVAILABLE);
    assertCode(() -> ask(misnamed, open(mutual(operator()))), Status.Code.UNAVAILABLE);
  }

  @Test
  void knowsNobodyByACertificateWithoutExactlyOneRole() {
    GrpcServer server = serve(open(mutual(serverPair)));
    var wrong =
        List.of(
            "DNS:client",
            "URI:spiffe://elsewhere/operator",
            "URI:spiffe://icecube/nobody",
            "URI:spiffe://icecube/operator,URI:spiffe://icecube/client");

    for (int i = 0; i < wrong.size(); i++) {
      var pair = openssl.leaf("wrong-" + i, authority, wrong.get(i));
      assertThatThrownBy(() -> ask(server, open(mutual(pair))))
          .hasMessageContaining("UNAUTHENTICATED: certificate: CN=wrong-")
          .hasMessageContaining("spiffe://icecube/ROLE");
    }
  }

  @Test
  void takesATokenInsteadOfACertificate() throws IOException {
    GrpcServer server = serve(open(mutual(serverPair).withTokensAccepted(accepted(TOKEN))));

    assertThat(WhoService.ask(channel(server, open(caller(TOKEN))))).isEqualTo("none");
    assertThat(WhoService.ask(channel(server, open(mutual(operator()))))).isEqualTo("CN=first");
    assertCode(() -> ask(server, trusting(authorities)), Status.Code.UNAUTHENTICATED);
    assertCode(() -> ask(server, open(caller(TOKEN + "x"))), Status.Code.UNAUTHENTICATED);
  }

  @Test
  void readsTokensAgainOnBothSides() throws IOException {
    Path accepted = accepted(TOKEN);
    TransportSecurity serving = open(mutual(serverPair).withTokensAccepted(accepted));
    GrpcServer server = serve(serving);
    TransportSecurity calling = open(caller(TOKEN));
    ManagedChannel channel = channel(server, calling);
    assertThat(WhoService.ask(channel)).isEqualTo("none");
    String next = TOKEN + "-next";

    Openssl.swap(accepted("both", TOKEN, next), accepted);
    Threads.await(() -> reloads(serving) == 1, "both tokens are accepted");
    Openssl.swap(token(next), calling.files().token().orElseThrow());
    Threads.await(() -> calling.material().token().orElseThrow().equals(next), "the token is read");
    assertThat(WhoService.ask(channel)).isEqualTo("none");
    Openssl.swap(accepted("other", "nobody-has-this-token"), accepted);

    Threads.await(() -> isRefused(channel), "the old token is out");
  }

  @Test
  void putsARemovedAuthorityOutWithTheNextCallAndForNewConnections() throws IOException {
    GrpcServer server = serve(open(mutual(serverPair)));
    Path theirs = openssl.bundle("theirs.pem", authority);
    Openssl.Pair pair = operator();
    TransportSecurity caller = open(SecurityFiles.mutual(pair.certificate(), pair.key(), theirs));
    ManagedChannel connected = channel(server, caller);
    assertThat(WhoService.ask(connected)).isEqualTo("CN=first");

    Openssl.swap(openssl.bundle("next.pem", openssl.authority("second")), authorities);

    Threads.await(() -> isRefused(connected), "the removed authority is out");
    assertCode(() -> WhoService.ask(connected), Status.Code.UNAUTHENTICATED);
    assertCode(() -> ask(server, caller), Status.Code.UNAVAILABLE);
  }

  @Test
  void refusesResumedSessionsOfARemovedAuthority() throws Exception {
    GrpcServer server = serve(open(mutual(serverPair)));
    Openssl.Pair pair = operator();
    Path theirs = openssl.bundle("theirs.pem", authority);
    // A caller that resumes sessions, as those of others may.
    SslContext resuming =
        GrpcSslContexts.forClient()
            .trustManager(theirs.toFile())
            .keyManager(pair.certificate().toFile(), pair.key().toFile())
            .build();
    assertThat(WhoService.ask(channel(server, resuming))).isEqualTo("CN=first");
    Path removed = openssl.bundle("next.pem", openssl.authority("second"));
    ManagedChannel connected = channel(server, resuming);
    assertThat(WhoService.ask(connected)).isEqualTo("CN=first");

    Openssl.swap(removed, authorities);

    Threads.await(() -> isRefused(connected), "the removed authority is out");
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> WhoService.ask(channel(server, resuming)))
          .satisfies(
              e ->
                  assertThat(Status.fromThrowable(e).getCode())
                      .isIn(Status.Code.UNAUTHENTICATED, Status.Code.UNAVAILABLE));
    }
  }

  @Test
  void showsACallersNewCertificateAtItsNextConnection() throws IOException {
    TransportSecurity serving = open(mutual(serverPair));
    GrpcServer server = serve(serving);
    Openssl.Pair second = openssl.authority("second");
    Openssl.swap(openssl.bundle("both.pem", authority, second), authorities);
    Openssl.Pair used = openssl.copy("operator", operator());
    SecurityFiles files = mutual(used);
    TransportSecurity caller = open(files);
    Threads.await(() -> reloads(serving) == 1, "both authorities are trusted");
    assertThat(WhoService.ask(channel(server, caller))).isEqualTo("CN=first");

    openssl.leaf("renewed", second, Role.OPERATOR).replace(files);

    Threads.await(() -> reloads(caller) == 1, "the new certificate is read");
    for (int i = 0; i < 8; i++) {
      assertThat(WhoService.ask(channel(server, caller))).isEqualTo("CN=second");
    }
  }

  @Test
  void keepsWhatWasSoundWhenAChangeIsNot() throws IOException {
    Openssl.Pair used = openssl.copy("server", serverPair);
    TransportSecurity serving = open(mutual(used));
    GrpcServer server = serve(serving);

    Files.writeString(used.certificate(), "-----BEGIN CERTIFICATE-----\nhalf");

    Threads.await(() -> serving.metrics().reloadsRefused.count() == 1, "the change is refused");
    assertThat(WhoService.ask(channel(server, open(mutual(operator()))))).isEqualTo("CN=first");
    openssl.leaf("renewed", authority, Role.MODEL_SERVER).replace(mutual(used));
    Threads.await(() -> reloads(serving) == 1, "the next change is taken on");
    assertThat(WhoService.ask(channel(server, open(mutual(operator()))))).isEqualTo("CN=first");
  }

  @Test
  void leavesNoThreadBehind() {
    TransportSecurity security = TransportSecurity.open(mutual(serverPair), meters());
    assertThat(Threads.named("security-files")).isNotEmpty();

    security.close();
    security.close();

    Threads.awaitNone("security-files");
  }

  private static double reloads(TransportSecurity security) {
    return security.metrics().reloadsAccepted.count();
  }

  private SecurityFiles mutual(Openssl.Pair pair) {
    return SecurityFiles.mutual(pair.certificate(), pair.key(), authorities);
  }

  private Openssl.Pair operator() {
    return openssl.leaf("operator", authority, Role.OPERATOR);
  }

  private TransportSecurity open(SecurityFiles files) {
    return closer.add(TransportSecurity.open(files, meters(), QUICK));
  }

  /** A caller that shows nothing. */
  private TransportSecurity trusting(Path trusted) {
    SecurityFiles files =
        new SecurityFiles(
            Optional.empty(),
            Optional.empty(),
            Optional.of(trusted),
            Optional.empty(),
            Optional.empty(),
            SecurityFiles.TRUST_DOMAIN);
    return open(files);
  }

  private SecurityFiles caller(String token) throws IOException {
    return SecurityFiles.caller(authorities, token(token));
  }

  private Path token(String token) throws IOException {
    return Files.writeString(folder.resolve("token-" + token), token + "\n");
  }

  private Path accepted(String token) throws IOException {
    return accepted("accepted", token);
  }

  private Path accepted(String name, String... tokens) throws IOException {
    List<String> lines = new ArrayList<>(List.of("# who may come in"));
    for (String token : tokens) {
      lines.add(
          "operator " + HexFormat.of().formatHex(AcceptedTokens.sha256(token.getBytes(UTF_8))));
    }
    return Files.write(folder.resolve(name), lines);
  }

  private static Meters meters() {
    return Meters.of(new SimpleMeterRegistry());
  }

  private GrpcServer serve(TransportSecurity security) {
    return closer.add(
        GrpcServer.start(
            ServerSettings.onLoopback(0)
                .withDrain(Duration.ZERO, Duration.ZERO)
                .withSecurity(security),
            List.of(new WhoService())));
  }

  private ManagedChannel channel(GrpcServer server, TransportSecurity security) {
    ManagedChannel channel = GrpcChannels.open(server.address(), security);
    closer.add(channel::shutdownNow);
    return channel;
  }

  private ManagedChannel channel(GrpcServer server, SslContext context) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(server.address()).sslContext(context).build();
    closer.add(channel::shutdownNow);
    return channel;
  }

  private String ask(GrpcServer server, TransportSecurity security) {
    return WhoService.ask(channel(server, security));
  }

  private static boolean isRefused(ManagedChannel channel) {
    try {
      WhoService.ask(channel);
      return false;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
    }
  }

  private static void assertCode(ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).as("%s", e).isEqualTo(code));
  }
}
