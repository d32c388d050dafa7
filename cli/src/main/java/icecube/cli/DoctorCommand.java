// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.TransportSecurity;
import icecube.otel.Meters;
import icecube.stream.RedisSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at the whole mesh and says in words what is wrong and what to do. */
@Command(
    name = "doctor",
    description =
        "Look at the registry, every service, the models, Redis and the stream, and at what is"
            + " around them here; say what is wrong and what to do. Reads only. Ends with 1 if"
            + " something does not work; warnings alone end with 0.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube doctor",
      "  ./icecube doctor --registry registry:8471 --expect consumer=4,model-server=2 --json"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DoctorCommand implements Callable<Integer> {
  /** Instances that are looked at one by one; of more only what the registry says is told. */
  static final int INSTANCE_COUNT_MAX = 256;

  /** Checks whose being well means that something of icecube is here. */
  private static final Set<String> SERVERS = Set.of("registry", "redis");

  private static final List<String> EXPECTED = List.of("consumer=1", "model-server=1");

  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;
  @Mixin private SecurityOptions security;

  @Option(
      names = "--registry",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8471",
      description = "heartbeat registry to ask who is there (default: ${DEFAULT-VALUE})")
  private String registry;

  @Option(
      names = "--model-server",
      paramLabel = "TARGET",
      split = ",",
      description = "model servers, HOST:PORT[,HOST:PORT] (default: those the registry knows)")
  private List<String> modelServers = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "",
      description = "the model that consumers ask for (default: the server's own)")
  private String model;

  @Option(
      names = "--expect",
      paramLabel = "KIND=N",
      split = ",",
      description = "how many have to serve (default: consumer=1,model-server=1)")
  private List<String> expected = new ArrayList<>();

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "where room on the disk is looked for (default: ${DEFAULT-VALUE})")
  private Path folder;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "how long to wait for each answer, 0.1 to 60 (default: ${DEFAULT-VALUE})")
  private double timeoutSeconds;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  private final int instanceCountMax;

  DoctorCommand() {
    this(INSTANCE_COUNT_MAX);
  }

  /** With another limit than {@link #INSTANCE_COUNT_MAX}. */
  DoctorCommand(int instanceCountMax) {
    this.instanceCountMax = instanceCountMax;
  }

  /** What {@code --json} prints. */
  record Report(boolean healthy, long ok, long warnings, long failures, List<Finding> findings) {
    static Report of(List<Finding> findings) {
      return new Report(
          count(findings, Finding.Level.FAILURE) == 0,
          count(findings, Finding.Level.OK),
          count(findings, Finding.Level.WARNING),
          count(findings, Finding.Level.FAILURE),
          findings);
    }

    /** The figures, for a person. */
    String toLine() {
      return "%d ok, %s, %s"
          .formatted(ok, counted(warnings, "warning"), counted(failures, "failure"));
    }

    private static String counted(long count, String noun) {
      return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static long count(List<Finding> findings, Finding.Level level) {
      return findings.stream().filter(finding -> finding.level() == level).count();
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    if (!(timeoutSeconds >= 0.1 && timeoutSeconds <= 60)) {
      throw new SettingException("--timeout: " + timeoutSeconds + " (expected: 0.1..60 seconds)");
    }
    ServiceOptions.requireTarget("--registry", registry);
    modelServers.forEach(target -> ServiceOptions.requireTarget("--model-server", target));
    Map<String, Integer> wanted = ExpectedInstances.parse(expected.isEmpty() ? EXPECTED : expected);
    RedisSettings settings = redis.settings();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (TransportSecurity opened = security.open(Meters.of(meters))) {
      Duration max = Duration.ofMillis((long) (timeoutSeconds * 1e3));
      RegistryCheck known = RegistryCheck.of(registry, wanted, opened, max);
      List<Finding> findings = new ArrayList<>(known.findings());
      known.beyond(instanceCountMax).ifPresent(findings::add);
      List<Doctor.Check> checks = new ArrayList<>(ofMembers(known, opened, max));
      checks.add(new Doctor.Check("redis", () -> RedisCheck.server(settings)));
      checks.add(new Doctor.Check("stream", () -> RedisCheck.stream(settings)));
      checks.add(new Doctor.Check("disk", () -> SurroundingsCheck.disk(folder)));
      checks.add(new Doctor.Check("traces", () -> SurroundingsCheck.traces(System.getenv(), max)));
      findings.addAll(
          RedisCheck.withoutEcho(
              Doctor.examine(
                  checks,
                  max.multipliedBy(2).plus(RedisSettings.CONNECT_TIMEOUT),
                  Doctor.TIME_MAX)));
      findings.addAll(SurroundingsCheck.certificate(meters, Instant.now()));
      Report report = Report.of(findings);
      print(report, isNothingThere(findings));
      return (report.healthy() ? ExitCode.OK : ExitCode.UNBALANCED).code();
    }
  }

  private List<Doctor.Check> ofMembers(
      RegistryCheck known, TransportSecurity opened, Duration max) {
    List<Doctor.Check> checks = new ArrayList<>();
    known.here().stream()
        .limit(instanceCountMax)
        .forEach(
            instance ->
                checks.add(
                    new Doctor.Check(
                        instance.getInstanceId(),
                        () -> new ServiceCheck(instance, opened, max).look())));
    List<String> servers = modelServers.isEmpty() ? known.addresses("model-server") : modelServers;
    for (String server : servers) {
      checks.add(
          new Doctor.Check(
              ModelServerCheck.NAME + server,
              () -> ModelServerCheck.look(server, model, opened, max)));
    }
    return checks;
  }

  /** Whether neither registry nor Redis nor a model server answers, be it only to refuse us. */
  static boolean isNothingThere(List<Finding> findings) {
    return findings.stream()
        .filter(
            each ->
                SERVERS.contains(each.check()) || each.check().startsWith(ModelServerCheck.NAME))
        .noneMatch(
            each ->
                each.level() == Finding.Level.OK || each.found().contains(FailedCall.NOT_TO_US));
  }

  private void print(Report report, boolean isNothingThere) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(report));
    } else {
      report.findings().forEach(finding -> out.println(finding.toLine()));
      out.println(report.toLine());
      if (isNothingThere) {
        out.println(
            "nothing of icecube seems to run here: ./icecube run --stay starts a whole mesh,"
                + " docker compose up --build its services");
      }
    }
    out.flush();
  }
}
