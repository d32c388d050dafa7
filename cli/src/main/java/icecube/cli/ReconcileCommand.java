// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.emitter.EventCursor;
import icecube.emitter.EventSource;
import icecube.emitter.SourceEvent;
import icecube.stream.EventLog;
import icecube.stream.Reconciliation;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the accounts of a stream with what it published, event by event. */
@Command(
    name = "reconcile",
    description =
        "Check that every event emitted was published exactly once, and name the events that were"
            + " not. Given the source, with the flags of emit, it names every missing event, and"
            + " those that the source does not have.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube reconcile --redis redis://127.0.0.1:6379 --stream icecube --json",
      "  ./icecube reconcile --events 5000 --seed 1 --wait 60"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ReconcileCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;
  @Mixin private SourceOptions source;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "how long to wait until all is published (default: ${DEFAULT-VALUE})")
  private double waitSeconds;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  /** What {@code --json} prints. */
  record Balance(
      long emitted,
      long predicted,
      long deadLettered,
      long trimmed,
      long inFlight,
      long duplicates,
      long missing,
      long foreign,
      List<Long> duplicateIds,
      List<Long> missingIds,
      List<Long> foreignIds,
      List<String> disagreements,
      boolean finished,
      boolean balanced,
      boolean complete) {}

  @Override
  public Integer call() throws InterruptedException {
    if (!(waitSeconds >= 0) || waitSeconds > TimeUnit.DAYS.toSeconds(7)) {
      throw new SettingException("--wait: " + waitSeconds + " (expected: 0..604800 seconds)");
    }
    Optional<EventSource> emitted =
        source.isGiven() ? Optional.of(EmitCommand.open(source)) : Optional.empty();
    try (EventLog log = redis.openExisting()) {
      awaitComplete(log, Duration.ofMillis((long) (waitSeconds * 1e3)));
      Reconciliation reconciliation = Reconciliation.of(log, emitted.map(ReconcileCommand::idsOf));
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? Json.pretty(balance(reconciliation)) + "\n" : reconciliation.toTable());
      out.flush();
      if (reconciliation.emitted() == 0 && !reconciliation.isFinished()) {
        spec.commandLine()
            .getErr()
            .println(
                "icecube: stream: "
                    + redis.settings().stream()
                    + " (expected: one with events); nobody has emitted into it");
      }
      return (reconciliation.isComplete() ? ExitCode.OK : ExitCode.UNBALANCED).code();
    }
  }

  /** Returns when every partition's account is complete, or the time is up. */
  private static void awaitComplete(EventLog log, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (!isComplete(log)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return;
      }
      pause(Math.min(left, POLL.toNanos()));
    }
  }

  private static boolean isComplete(EventLog log) {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      if (!log.account(partition).isComplete()) {
        return false;
      }
    }
    return true;
  }

  /** Waits for nothing but the time, or an interrupt. */
  private static void pause(long nanos) throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
  }

  private static Supplier<LongStream> idsOf(EventSource source) {
    return () -> {
      EventCursor cursor = source.open();
      return Stream.generate(cursor::next)
          .takeWhile(Objects::nonNull)
          .map(Objects::requireNonNull)
          .map(SourceEvent::event)
          .mapToLong(event -> event.id())
          .onClose(cursor::close);
    };
  }

  private static Balance balance(Reconciliation of) {
    return new Balance(
        of.emitted(),
        of.predicted(),
        of.deadLettered(),
        of.trimmed(),
        of.inFlight(),
        of.duplicates(),
        of.missing(),
        of.foreign(),
        of.duplicateIds(),
        of.missingIds(),
        of.foreignIds(),
        of.disagreements(),
        of.isFinished(),
        of.isBalanced(),
        of.isComplete());
  }
}
