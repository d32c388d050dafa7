// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import icecube.chassis.Closer;
import icecube.chassis.SecurityFiles;
import icecube.chassis.ServerSettings;
import icecube.chassis.TransportSecurity;
import icecube.heartbeat.MembershipSettings;
import icecube.heartbeat.Registry;
import icecube.heartbeat.RegistrySettings;
import icecube.otel.Meters;
import icecube.otel.Telemetry;
import icecube.physics.IceCube86;
import icecube.stream.EmbeddedRedis;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.testkit.Eventually;
import io.lettuce.core.RedisClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What doctor says of a mesh that is well, and of each that is not. */
@Timeout(180)
final class DoctorIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  // Below what the system hands out.
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir private Path folder;

  private final Closer closer = new Closer();
  private final StringWriter out = new StringWriter();

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void aMeshThatIsWellHasNoFailure() throws Exception {
    String[] where = mesh();

    awaitWell(where);

    assertThat(out.toString())
        .contains("knows 4 instances")
        .contains("kind consumer")
        .contains("2 serving")
        .contains("asked for line-fit; ready: ")
        .contains("0 emitted = 0 predicted + 0 dead-lettered + 0 in flight; 0 entries wait")
        .contains(" 0 failures");
    awaitDoctor(0, with(where, "--json"));
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("healthy").asBoolean()).isTrue();
    assertThat(report.get("failures").asInt()).isZero();
    assertThat(report.get("findings")).hasSizeGreaterThan(8);
  }

  @Test
  void aModelThatNoServerHasIsAFailure() throws Exception {
    String[] where = mesh();
    awaitWell(where);

    assertThat(doctor(with(where, "--model", "nobody"))).isEqualTo(1);

    assertThat(out.toString())
        .contains("no version of nobody is ready")
        .contains("docs/FAILURES.md \"MODEL_UNKNOWN\"");
  }

  @Test
  void aMeshOfMoreThanAreLookedAtIsToldSo() throws Exception {
    String[] where = mesh();
    awaitWell(where);
    out.getBuffer().setLength(0);
    CommandLine few = new CommandLine(new DoctorCommand(2)).setOut(new PrintWriter(out));

    assertThat(few.execute(where)).isZero();

    assertThat(out.toString())
        .containsPattern("warning +instances +2 of 4 looked at \\(expected: at most 2\\)")
        .contains(" 0 failures");
  }

  @Test
  void oneTooFewIsAFailure() throws Exception {
    String[] where = mesh();
    awaitWell(where);

    assertThat(doctor(with(where, "--expect", "consumer=3"))).isEqualTo(1);

    assertThat(out.toString()).contains("2 serving (expected: at least 3); start one with");
  }

  @Test
  void aConsumerThatWasKilledIsNamed() throws Exception {
    EmbeddedRedis redis = redis();
    Registry registry = closer.add(Registry.start(withShortLeases(), Telemetry.off().meters()));
    ServiceProcess consumer =
        closer.add(
            ServiceProcess.start(
                folder.resolve("log"),
                "consume",
                "--redis",
                redis.uri(),
                "--registry",
                registry.address(),
                "--model-server",
                "127.0.0.1:1"));
    String[] where = {
      "--redis", redis.uri(), "--registry", registry.address(), "--expect", "consumer=1"
    };
    consumer.awaitAnnounced();
    Eventually.see(
        "it is not ready", SOON, () -> said(where), text -> text.contains("ready: status"));
    consumer.kill();

    Eventually.see("it is silent", SOON, () -> said(where), text -> text.contains("SUSPECT"));
    assertThat(out.toString()).contains("does not answer").contains("0 serving");
    assertThat(doctor(where)).isEqualTo(1);
    Eventually.see("it is dead", SOON, () -> said(where), text -> text.contains("DEAD, silent"));
  }

  @Test
  void aRedisThatIsFullAndMayEvictIsNamed() throws Exception {
    EmbeddedRedis redis = redis();
    RedisEventLog log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube"));
    log.close();
    RedisClient client = RedisClient.create(redis.uri());
    try (var direct = client.connect()) {
      direct.sync().configSet("maxmemory", "1");
      direct.sync().configSet("maxmemory-policy", "allkeys-lru");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    assertThat(doctor("--redis", redis.uri(), "--registry", NOBODY)).isEqualTo(1);

    assertThat(out.toString())
        .contains("(expected: noeviction); CONFIG SET maxmemory-policy noeviction")
        .contains("redis memory")
        .contains("docs/FAILURES.md \"Redis is full\"");
  }

  @Test
  void aRedisThatStoppedIsNamed() throws Exception {
    EmbeddedRedis redis = redis();
    String uri = redis.uri();
    redis.close();
    Registry registry =
        closer.add(Registry.start(RegistrySettings.at("127.0.0.1", 0), Telemetry.off().meters()));

    assertThat(doctor("--redis", uri, "--registry", registry.address())).isEqualTo(1);

    assertThat(out.toString())
        .contains("docs/FAILURES.md \"Redis is away\"")
        .contains("knows 0 instances")
        .contains("kind model-server")
        .contains("it beats to another registry or to none")
        .doesNotContain("cannot be read")
        .doesNotContain("nothing of icecube");
  }

  @Test
  void whereNothingRunsItSaysSo() throws Exception {
    assertThat(doctor("--redis", "redis://" + NOBODY, "--registry", NOBODY)).isEqualTo(1);

    assertThat(out.toString())
        .contains("start one with ./icecube registry")
        .contains("nothing of icecube seems to run here: ./icecube run --stay");
  }

  @Test
  void whoeverRefusesUsIsThereAndSaysWhichRoleItTakes() throws Exception {
    Openssl openssl = new Openssl(folder);
    openssl.authority("ca");
    openssl.leaf("registry", "ca", "IP:127.0.0.1,URI:spiffe://icecube/registry");
    for (String role : List.of("client", "probe", "emitter", "consumer", "operator")) {
      openssl.leaf(role, "ca", "URI:spiffe://icecube/" + role);
    }
    openssl.leaf("nobody", "ca", "URI:spiffe://elsewhere/consumer");
    String registry = secured(openssl).address();

    for (String role : List.of("client", "probe", "emitter")) {
      assertThat(said(asking(registry, openssl.flags(role, "ca"))))
          .contains(registry + " answers, but not to us: PERMISSION_DENIED, role: " + role + " (")
          .contains("(expected: role consumer or operator); give --tls-cert and --tls-key")
          .doesNotContain("start one with ./icecube registry")
          .doesNotContain("nothing of icecube");
    }
    assertThat(said(asking(registry, openssl.flags("nobody", "ca"))))
        .contains("answers, but not to us: UNAUTHENTICATED")
        .doesNotContain("nothing of icecube");
    assertThat(said(asking(registry, List.of("--tls-ca", openssl.path("ca.pem")))))
        .contains("answers, but not to us: TLS: ", "(expected: a handshake); check whom")
        .doesNotContain("nothing of icecube");
    for (String role : List.of("consumer", "operator")) {
      assertThat(said(asking(registry, openssl.flags(role, "ca"))))
          .contains(registry + " knows 0 instances")
          .containsPattern("warning +certificate +ends at .* \\(expected: 14 d left\\); renew it");
    }
  }

  private Registry secured(Openssl openssl) {
    SecurityFiles files =
        new SecurityFiles(
            Optional.of(Path.of(openssl.path("registry.pem"))),
            Optional.of(Path.of(openssl.path("registry.key"))),
            Optional.of(Path.of(openssl.path("ca.pem"))),
            Optional.empty(),
            Optional.empty(),
            SecurityFiles.TRUST_DOMAIN);
    TransportSecurity security = closer.add(TransportSecurity.open(files, Meters.none()));
    ServerSettings server = ServerSettings.at("127.0.0.1", 0).withSecurity(security);
    return closer.add(
        Registry.start(RegistrySettings.of(server, Map.of()), Telemetry.off().meters()));
  }

  private static String[] asking(String registry, List<String> flags) {
    List<String> all =
        new ArrayList<>(List.of("--redis", "redis://" + NOBODY, "--registry", registry));
    all.addAll(flags);
    return all.toArray(String[]::new);
  }

  @Test
  void whoeverListensAndNeverAnswersIsWaitedForNoLongerThanTold() throws Exception {
    ServerSocket silent = closer.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    String target = "127.0.0.1:" + silent.getLocalPort();
    long beganAt = System.nanoTime();

    int code =
        doctor(
            "--redis",
            "redis://" + NOBODY,
            "--registry",
            target,
            "--model-server",
            target,
            "--timeout",
            "0.5");

    assertThat(code).isEqualTo(1);
    assertThat(out.toString()).contains("DEADLINE_EXCEEDED");
    assertThat(Duration.ofNanos(System.nanoTime() - beganAt)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aStreamThatIsNotThereIsAWarning() throws Exception {
    EmbeddedRedis redis = redis();

    doctor("--redis", redis.uri(), "--registry", NOBODY, "--stream", "other");

    assertThat(out.toString()).contains("stream other").contains("./icecube emit makes it");
  }

  @Test
  void aStreamThatCannotBeReadIsAFailure() throws Exception {
    EmbeddedRedis redis = redis();
    RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube")).close();
    RedisClient client = RedisClient.create(redis.uri());
    try (var direct = client.connect()) {
      direct.sync().set("ic:{icecube.0}:meta", "not a hash");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }

    assertThat(doctor("--redis", redis.uri(), "--registry", NOBODY)).isEqualTo(1);

    assertThat(out.toString())
        .containsPattern("failure +stream icecube +cannot be read: .*WRONGTYPE");
  }

  /** A mesh in this process; answers the flags that say where it is. */
  private String[] mesh() {
    Mesh mesh =
        closer.add(
            Mesh.start(
                new Mesh.Settings(
                    folder.resolve("redis"),
                    Optional.empty(),
                    "line-fit",
                    IceCube86.geometry(),
                    2)));
    StringWriter described = new StringWriter();
    mesh.describe(new PrintWriter(described));
    return new String[] {
      "--redis",
      first("redis +(\\S+)", described.toString()),
      "--registry",
      first("registry +(\\S+)", described.toString())
    };
  }

  /** A lease of three beats, of which one may be late, in the place of ten. */
  private static RegistrySettings withShortLeases() {
    MembershipSettings usual = MembershipSettings.DEFAULT;
    return new RegistrySettings(
        ServerSettings.at("127.0.0.1", 0),
        new MembershipSettings(
            Duration.ofMillis(1_800),
            Duration.ofSeconds(8),
            usual.forgetAfter(),
            Duration.ofMillis(100),
            usual.memberCountMax(),
            usual.kindCountMax(),
            usual.changeCountMax(),
            usual.freezeWindow(),
            usual.freezeShare(),
            usual.freezeCountMin(),
            usual.recoveryShare(),
            usual.recoveryTime(),
            usual.freezeTimeMax()),
        Map.of(),
        RegistrySettings.BOOKMARK_PERIOD,
        RegistrySettings.WATCHER_COUNT_MAX);
  }

  private static String first(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  private EmbeddedRedis redis() {
    return closer.add(EmbeddedRedis.start(folder.resolve("redis")));
  }

  /** Until all of {@link #mesh} have come and nothing is wrong with them. */
  private void awaitWell(String... where) {
    Eventually.see(
        "a mesh that is well",
        SOON,
        () -> doctor(where) + "\n" + out,
        said ->
            said.startsWith("0\n")
                && said.contains("knows 4 instances")
                && said.contains("2 serving"));
  }

  private void awaitDoctor(int code, String... where) {
    Eventually.see(
        "doctor ends with " + code,
        SOON,
        () -> doctor(where) + "\n" + out,
        said -> said.startsWith(code + "\n"));
  }

  private String said(String... where) {
    doctor(where);
    return out.toString();
  }

  @CanIgnoreReturnValue
  private int doctor(String... flags) {
    out.getBuffer().setLength(0);
    List<String> arguments = new ArrayList<>(List.of("doctor", "--folder", folder.toString()));
    arguments.addAll(List.of(flags));
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    return commandLine.execute(arguments.toArray(String[]::new));
  }

  private static String[] with(String[] where, String... more) {
    List<String> all = new ArrayList<>(List.of(where));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
