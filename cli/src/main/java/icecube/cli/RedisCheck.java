// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.cli.Finding.Level;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.LogSettingsException;
import icecube.stream.PartitionAccount;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisServerView;
import icecube.stream.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks at Redis and at the stream in it. Reads only. Stateless. */
final class RedisCheck {
  /** From here on leases and ages of events are wrong by more than they tell. */
  static final Duration CLOCK_OFF_MAX = Duration.ofSeconds(1);

  private static final String UNREADABLE = "cannot be read";
  private static final String FULL = "docs/FAILURES.md \"Redis is full\"";

  private RedisCheck() {}

  /** Whether the servers suit a stream. */
  static List<Finding> server(RedisSettings settings) {
    List<Finding> findings = new ArrayList<>();
    try {
      for (RedisServerView server : RedisServerView.look(settings)) {
        findings.addAll(of(server));
      }
    } catch (EventLogException e) {
      findings.add(
          Finding.failure(
              "redis",
              String.valueOf(e.getMessage()).replaceFirst(" \\(expected:.*", ""),
              "a running Redis, 6.2 or later, that lets us in",
              "start it, or say where it is with --redis, and who asks with --redis-user:"
                  + " docs/FAILURES.md \"Redis is away\""));
    }
    return findings;
  }

  /** What is wrong with one server, or that nothing is. */
  static List<Finding> of(RedisServerView server) {
    List<Finding> findings = new ArrayList<>();
    String memory =
        server.memoryMaxBytes() == 0
            ? Words.bytes(server.memoryUsedBytes()) + " used, no limit"
            : Words.bytes(server.memoryUsedBytes()) + " of " + Words.bytes(server.memoryMaxBytes());
    findings.add(Finding.ok("redis", "version " + server.version() + ", " + memory));
    if (server.memoryMaxBytes() > 0
        && server.memoryUsedBytes() >= Diagnosis.MEMORY_NEARLY_FULL * server.memoryMaxBytes()) {
      findings.add(
          Finding.failure(
              "redis memory",
              memory,
              "below 90 %",
              "run ./icecube trim, or CONFIG SET maxmemory to more: " + FULL));
    }
    if (server.memoryMaxBytes() > 0 && !server.evictionPolicy().equals("noeviction")) {
      findings.add(
          Finding.failure(
              "redis maxmemory-policy",
              server.evictionPolicy(),
              "noeviction",
              "CONFIG SET maxmemory-policy noeviction, or Redis throws events away: " + FULL));
    }
    if (!server.hasAppendOnlyFile()) {
      findings.add(
          Finding.warning(
              "redis appendonly",
              "no",
              "yes",
              "CONFIG SET appendonly yes, else a crash takes everything back: docs/OPERATING.md"
                  + " \"Durability\""));
    } else if (!server.isWriting()) {
      findings.add(
          Finding.failure(
              "redis append-only file",
              "its last write failed",
              "written",
              "look at the disk of Redis: it refuses writes until there is room"));
    }
    if (!server.hasFunctions().orElse(true)) {
      findings.add(
          Finding.warning(
              "redis functions",
              "icecube's are not loaded",
              "loaded",
              "./icecube load-functions, or start a service whose user may"));
    }
    if (server.ahead().abs().compareTo(CLOCK_OFF_MAX) > 0) {
      findings.add(
          Finding.warning(
              "redis clock",
              String.format(Locale.ROOT, "%.1f s off ours", server.ahead().toMillis() / 1e3),
              "at most 1",
              "let both machines keep time (chrony, ntpd)"));
    }
    return findings;
  }

  /** What waits in the stream, who holds it, and whether its accounts balance. */
  static List<Finding> stream(RedisSettings settings) {
    try (EventLog log = RedisEventLog.connectExisting(settings)) {
      List<Finding> findings = new ArrayList<>();
      for (int partition = 0; partition < log.partitionCount(); partition++) {
        PartitionAccount account = log.account(partition);
        String check = "stream " + settings.stream() + "." + partition;
        List<String> problems = Diagnosis.of(account, log.inspect(partition));
        if (problems.isEmpty()) {
          findings.add(
              Finding.ok(
                  check,
                  "%,d emitted = %,d predicted + %,d dead-lettered + %,d in flight; %,d entries wait"
                      .formatted(
                          account.emitted(),
                          account.predicted(),
                          account.deadLettered(),
                          account.inFlight(),
                          account.backlog())));
        }
        problems.forEach(problem -> findings.add(problem(check, problem)));
      }
      return findings;
    } catch (LogSettingsException e) {
      return List.of(
          Finding.warning(
              "stream " + settings.stream(),
              String.valueOf(e.getMessage()).replaceFirst(" \\(expected:.*", ""),
              "a stream of this name",
              "./icecube emit makes it; --stream names another"));
    } catch (EventLogException e) {
      return List.of(
          Finding.failure(
              "stream " + settings.stream(),
              UNREADABLE + ": " + e.getMessage(),
              "a stream that this user may read",
              "give --redis-user one that may (docs/OPERATING.md \"Users and certificates\":"
                  + " reconcile), or see who else writes to these keys"));
    }
  }

  /** The findings without that of a stream which cannot be read because no server can be asked. */
  static List<Finding> withoutEcho(List<Finding> findings) {
    boolean isAway =
        findings.stream()
            .anyMatch(each -> each.check().equals("redis") && each.level() == Level.FAILURE);
    return findings.stream()
        .filter(each -> !isAway || !each.found().startsWith(UNREADABLE))
        .toList();
  }

  private static Finding problem(String check, String problem) {
    String more = "./icecube inspect shows more; docs/FAILURES.md \"Something is wrong\"";
    return problem.startsWith("dead-lettered")
        ? Finding.warning(check, problem, "none", more)
        : Finding.failure(check, problem, "nothing that waits so", more);
  }
}
