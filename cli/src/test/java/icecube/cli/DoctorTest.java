// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import icecube.chassis.SecurityFiles;
import icecube.chassis.TransportSecurity;
import icecube.cli.Finding.Level;
import icecube.otel.Meters;
import icecube.stream.RedisServerView;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.ListModelsResponse;
import icecube.v1.Member;
import icecube.v1.Model;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What findings mean, without a mesh. */
final class DoctorTest {
  private static final Duration SOON = Duration.ofMillis(500);

  @TempDir private Path folder;

  @Test
  void whatHangsIsAFindingAndHidesNoOther() throws InterruptedException {
    Duration max = Duration.ofSeconds(3);
    long beganAt = System.nanoTime();
    List<Finding> findings =
        Doctor.examine(
            List.of(
                new Doctor.Check(
                    "hangs",
                    () -> {
                      new CountDownLatch(1).await();
                      return List.of();
                    }),
                new Doctor.Check(
                    "throws",
                    () -> {
                      throw new IllegalStateException("no idea");
                    }),
                new Doctor.Check("well", () -> List.of(Finding.ok("well", "fine")))),
            max,
            Doctor.TIME_MAX);

    assertThat(findings).extracting(Finding::check).containsExactly("hangs", "throws", "well");
    assertThat(findings)
        .extracting(Finding::level)
        .containsExactly(Level.FAILURE, Level.FAILURE, Level.OK);
    assertThat(findings.get(0).found()).isEqualTo("no answer within 3.0 s");
    assertThat(findings.get(1).found()).contains("no idea");
    assertThat(Duration.ofNanos(System.nanoTime() - beganAt)).isLessThan(max.multipliedBy(10));
  }

  @Test
  void manyThatHangAreWaitedForNoLongerThanAllMayTake() throws InterruptedException {
    List<Doctor.Check> checks = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      checks.add(
          new Doctor.Check(
              "hangs " + i,
              () -> {
                new CountDownLatch(1).await();
                return List.of();
              }));
    }
    checks.add(new Doctor.Check("redis", () -> List.of(Finding.ok("redis", "fine"))));
    Duration each = Duration.ofSeconds(5);
    long beganAt = System.nanoTime();

    List<Finding> findings = Doctor.examine(checks, each, Duration.ofSeconds(6));

    assertThat(Duration.ofNanos(System.nanoTime() - beganAt))
        .as("thirteen rounds of 5 s would be 65 s")
        .isLessThan(Duration.ofSeconds(30));
    assertThat(findings).extracting(Finding::check).hasSize(201).startsWith("hangs 0", "hangs 1");
    assertThat(findings.get(200).level()).as("begun before the members").isEqualTo(Level.OK);
    assertThat(findings.get(0).found()).isEqualTo("not looked at: others took 6.0 s");
    assertThat(findings.get(199).found()).isEqualTo("no answer within 5.0 s");
  }

  @Test
  void oneThatMayTakeLongerThanAllHasItsTime() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    List<Finding> findings =
        Doctor.examine(
            List.of(
                new Doctor.Check(
                    "slow",
                    () -> {
                      boolean isOpen = never.await(200, TimeUnit.MILLISECONDS);
                      return List.of(Finding.ok("slow", "open: " + isOpen));
                    })),
            Duration.ofSeconds(30),
            Duration.ofMillis(1));

    assertThat(findings)
        .singleElement()
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
  }

  @Test
  void moreThanAreLookedAtIsSaid() {
    List<Member> members =
        List.of(
            member("consumer", "c-1", InstanceState.INSTANCE_STATE_SERVING),
            member("consumer", "c-2", InstanceState.INSTANCE_STATE_SERVING),
            member("consumer", "c-3", InstanceState.INSTANCE_STATE_SERVING),
            member("consumer", "c-4", InstanceState.INSTANCE_STATE_DEAD));
    RegistryCheck known = new RegistryCheck(members, List.of());

    assertThat(known.beyond(3)).isEmpty();
    assertThat(known.beyond(2))
        .hasValueSatisfying(
            finding -> assertThat(finding.toLine()).contains("warning", "2 of 3 looked at"));
  }

  @Test
  void aSoundRedisIsOneLine() {
    assertThat(RedisCheck.of(redis(10, 100, "noeviction", true, true, true, 0)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
    assertThat(RedisCheck.of(redis(10, 0, "allkeys-lru", true, true, true, 0)))
        .as("evicts nothing without a limit")
        .hasSize(1);
  }

  @Test
  void everythingWrongWithARedisIsNamedWithWhatToDo() {
    List<Finding> findings =
        RedisCheck.of(redis(95, 100, "allkeys-lru", true, false, false, 5_000));

    assertThat(findings)
        .extracting(Finding::check)
        .containsExactly(
            "redis",
            "redis memory",
            "redis maxmemory-policy",
            "redis append-only file",
            "redis functions",
            "redis clock");
    assertThat(findings.subList(1, findings.size()))
        .allSatisfy(finding -> assertThat(finding.advice()).isNotBlank())
        .allSatisfy(finding -> assertThat(finding.expected()).isNotBlank());
    assertThat(RedisCheck.of(redis(1, 0, "noeviction", false, true, true, 0)))
        .extracting(Finding::check)
        .containsExactly("redis", "redis appendonly");
  }

  private static RedisServerView redis(
      long used,
      long max,
      String policy,
      boolean hasFile,
      boolean isWriting,
      boolean hasFunctions,
      long aheadMillis) {
    return new RedisServerView(
        "7.0.15",
        used,
        max,
        policy,
        hasFile,
        isWriting,
        Optional.of(hasFunctions),
        Duration.ofMillis(aheadMillis));
  }

  @Test
  void aModelServerIsJudgedByTheModelThatIsAskedFor() {
    ListModelsResponse models =
        ListModelsResponse.newBuilder()
            .setDefaultModelName("direction")
            .addModels(model("direction", "1", Model.State.STATE_READY))
            .addModels(model("direction", "2", Model.State.STATE_FAILED))
            .addModels(model("large", "1", Model.State.STATE_LOADING))
            .build();

    assertThat(ModelServerCheck.of("h:1", "", models))
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.WARNING, Level.WARNING);
    assertThat(ModelServerCheck.of("h:1", "large", models).get(0))
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.FAILURE))
        .satisfies(finding -> assertThat(finding.found()).contains("no version of large is ready"))
        .satisfies(finding -> assertThat(finding.advice()).contains("MODEL_NOT_READY"));
  }

  private static Model model(String name, String version, Model.State state) {
    return Model.newBuilder().setName(name).setVersion(version).setState(state).build();
  }

  @Test
  void roomOnTheDiskIsJudgedByTwoLimits() {
    assertThat(SurroundingsCheck.disk(folder, SurroundingsCheck.DISK_BYTES_LOW).level())
        .isEqualTo(Level.OK);
    assertThat(SurroundingsCheck.disk(folder, SurroundingsCheck.DISK_BYTES_LOW - 1).level())
        .isEqualTo(Level.WARNING);
    assertThat(SurroundingsCheck.disk(folder, SurroundingsCheck.DISK_BYTES_MIN - 1).level())
        .isEqualTo(Level.FAILURE);
    assertThat(SurroundingsCheck.disk(folder.resolve("none")).get(0).level())
        .isEqualTo(Level.FAILURE);
  }

  @Test
  void aCertificateIsWarnedOfTwoWeeksBeforeItEnds() throws Exception {
    Openssl openssl = new Openssl(folder);
    openssl.authority("ca");
    openssl.leaf("ours", "ca", "URI:spiffe://icecube/operator", 15);
    SecurityFiles files =
        new SecurityFiles(
            Optional.of(folder.resolve("ours.pem")),
            Optional.of(folder.resolve("ours.key")),
            Optional.of(folder.resolve("ca.pem")),
            Optional.empty(),
            Optional.empty(),
            SecurityFiles.TRUST_DOMAIN);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (TransportSecurity opened = TransportSecurity.open(files, Meters.of(meters))) {
      assertThat(opened.isServing()).isTrue();
      Instant now = Instant.now();

      assertThat(SurroundingsCheck.certificate(meters, now))
          .singleElement()
          .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
      assertThat(SurroundingsCheck.certificate(meters, now.plus(Duration.ofDays(2))))
          .as("13 days before it ends")
          .singleElement()
          .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.WARNING))
          .satisfies(finding -> assertThat(finding.expected()).isEqualTo("14 d left"))
          .satisfies(finding -> assertThat(finding.advice()).contains("renew it"));
    }
    assertThat(SurroundingsCheck.certificate(new SimpleMeterRegistry(), Instant.now()))
        .as("without a certificate")
        .isEmpty();
  }

  @Test
  void whoeverTakesTracesHasToListen() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(traces("http://127.0.0.1:" + port).level()).isEqualTo(Level.OK);
    }
    assertThat(traces("http://127.0.0.1:" + port).found()).contains("does not listen");
    assertThat(SurroundingsCheck.traces(Map.of(), SOON).get(0).found()).contains("is not set");
  }

  @Test
  void tracesAreJudgedAsTheServicesReadTheEnvironment() throws IOException {
    String nowhere;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = "http://127.0.0.1:" + socket.getLocalPort();
    }
    String ofTraces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    assertThat(SurroundingsCheck.traces(Map.of(ofTraces, nowhere), SOON).get(0))
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.FAILURE))
        .satisfies(finding -> assertThat(finding.found()).contains(nowhere));
    for (var off : Map.of("OTEL_SDK_DISABLED", "true", "OTEL_TRACES_EXPORTER", "none").entrySet()) {
      var environment = Map.of(ofTraces, nowhere, off.getKey(), off.getValue());
      assertThat(SurroundingsCheck.traces(environment, SOON).get(0))
          .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK))
          .satisfies(finding -> assertThat(finding.found()).contains("none are sent from here"));
    }
    assertThat(SurroundingsCheck.port(URI.create("http://collector"))).isEqualTo(80);
    assertThat(SurroundingsCheck.port(URI.create("https://collector/x"))).isEqualTo(443);
    assertThat(SurroundingsCheck.port(URI.create("http://collector:4317"))).isEqualTo(4317);
  }

  @Test
  void oneThatDiedIsAFailureOnlyWhereItIsMissed() {
    Member dead = member("consumer", "c-1", InstanceState.INSTANCE_STATE_DEAD);
    Member another = member("consumer", "c-2", InstanceState.INSTANCE_STATE_SERVING);

    assertThat(RegistryCheck.of(Map.of("consumer", 1), List.of(dead, another)))
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.WARNING);
    assertThat(RegistryCheck.of(Map.of("consumer", 2), List.of(dead, another)))
        .extracting(Finding::level)
        .containsExactly(Level.FAILURE, Level.FAILURE);
    assertThat(RegistryCheck.of(Map.of("model-server", 0), List.of(dead, another)))
        .as("nobody says how many consumers are enough")
        .extracting(Finding::level)
        .containsExactly(Level.OK, Level.FAILURE);
  }

  private static Member member(String kind, String id, InstanceState state) {
    return Member.newBuilder()
        .setInstance(Instance.newBuilder().setKind(kind).setInstanceId(id))
        .setState(state)
        .build();
  }

  @Test
  void countsAreWrittenAsAPersonWould() {
    Finding warning = Finding.warning("a", "b", "c", "d");
    Finding failure = Finding.failure("a", "b", "c", "d");

    assertThat(DoctorCommand.Report.of(List.of(warning)).toLine())
        .isEqualTo("0 ok, 1 warning, 0 failures");
    assertThat(DoctorCommand.Report.of(List.of(failure, warning, warning)).toLine())
        .isEqualTo("0 ok, 2 warnings, 1 failure");
  }

  @Test
  void aStreamIsNotBlamedForARedisThatIsAway() {
    Finding stream = Finding.failure("stream s", "cannot be read: NOPERM", "x", "y");
    Finding away = Finding.failure("redis", "refused", "x", "y");
    Finding there = Finding.ok("redis", "version 7");

    assertThat(RedisCheck.withoutEcho(List.of(there, stream))).containsExactly(there, stream);
    assertThat(RedisCheck.withoutEcho(List.of(away, stream))).containsExactly(away);
  }

  @Test
  void aSlowScrapeIsNoClockThatIsOff() throws Exception {
    var ahead = new AtomicLong();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/",
        exchange -> {
          boolean isScrape = exchange.getRequestURI().getPath().equals("/metrics");
          ahead.addAndGet(isScrape ? 20 : 0);
          byte[] body = "a_metric 1\n".getBytes(US_ASCII);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      Instance instance =
          Instance.newBuilder()
              .setInstanceId("c-1")
              .setManagementAddress("127.0.0.1:" + server.getAddress().getPort())
              .build();
      ServiceCheck check =
          new ServiceCheck(
              instance,
              TransportSecurity.PLAINTEXT,
              Duration.ofSeconds(30),
              () -> Instant.now().plusSeconds(ahead.get()));

      assertThat(check.look())
          .singleElement()
          .satisfies(finding -> assertThat(finding.found()).contains("clock as ours"));
      assertThat(check.look().get(0).found()).as("20 s later").contains("its clock is -");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"collector:4317", "http://", "http://a b"})
  void aTraceEndpointThatIsNoneIsNamed(String endpoint) {
    assertThat(traces(endpoint).level()).isEqualTo(Level.FAILURE);
    assertThat(traces(endpoint).expected()).isEqualTo("http://HOST:PORT");
  }

  private static Finding traces(String endpoint) {
    return SurroundingsCheck.traces(Map.of(SurroundingsCheck.OTLP, endpoint), SOON).get(0);
  }

  @Test
  void aLineSaysWhatIsFoundWhatIsExpectedAndWhatToDo() {
    assertThat(Finding.failure("redis memory", "9 B of 9 B", "below 90 %", "trim").toLine())
        .isEqualTo(
            "  failure  redis memory                 9 B of 9 B (expected: below 90 %); trim");
    assertThat(Finding.ok("disk", "9 B free").toLine())
        .isEqualTo("  ok       disk                         9 B free");
  }
}
