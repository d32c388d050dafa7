// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.chaos.simulated.Faults.Fate;
import icecube.physics.DetectorGeometry;
import icecube.stream.AppendResult;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.OutcomePart;
import icecube.stream.PartitionAccount;
import icecube.stream.ProducerMark;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log as one process sees it through a network: commands are dropped, unanswered, repeated,
 * delayed beyond the life of who sent them, and the process may die at each. Confined to one
 * thread.
 */
final class FaultyLog extends ForwardingEventLog {
  /** What keeps a lease, or gives back what came unseen. */
  private static final Set<String> LEASE_COMMANDS = Set.of("renew", "release", "leave", "readHeld");

  private final EventLog server;
  private final SimulatedProcess process;
  private final Faults faults;
  private final Scheduler scheduler;
  private final Trace trace;
  private final BooleanSupplier isAway;
  private boolean isLate;

  /**
   * @param isAway whether no command gets through at all
   */
  FaultyLog(
      EventLog server,
      SimulatedProcess process,
      Faults faults,
      Scheduler scheduler,
      Trace trace,
      BooleanSupplier isAway) {
    super(server);
    this.server = server;
    this.process = process;
    this.faults = faults;
    this.scheduler = scheduler;
    this.trace = trace;
    this.isAway = isAway;
  }

  private <T> T ask(String command, int partition, Supplier<T> execution) {
    process.requireAlive();
    Fate fate = fate(command);
    trace.note(process.name(), traced(command, fate), partition);
    switch (fate) {
      case DONE -> {
        return execution.get();
      }
      case SLOW -> {
        scheduler.pass(faults.latencyNanos());
        T answer = execution.get();
        scheduler.pass(faults.latencyNanos());
        process.requireAlive();
        return answer;
      }
      case REPEATED -> {
        T answer = execution.get();
        later(execution);
        return answer;
      }
      case DROPPED -> throw failed(command);
      case UNANSWERED -> {
        T unused = execution.get();
        throw failed(command);
      }
      case LATE -> {
        later(execution);
        throw failed(command);
      }
      case CRASH_BEFORE -> process.kill();
      case CRASH_AFTER -> {
        T unused = execution.get();
        process.kill();
      }
    }
    throw new ProcessDied(process.name());
  }

  /** What becomes of a command; what may cost a lease is remembered. */
  private Fate fate(String command) {
    Fate fate = isAway.getAsBoolean() ? Fate.DROPPED : faults.next();
    if (fate != Fate.DONE && fate != Fate.SLOW && LEASE_COMMANDS.contains(command)) {
      process.harm();
    }
    return fate;
  }

  private static String traced(String command, Fate fate) {
    return fate == Fate.DONE ? command : command + " " + fate;
  }

  private EventLogException failed(String command) {
    scheduler.pass(faults.latencyNanos());
    process.requireAlive();
    return new EventLogException("simulated: " + command + " was not answered");
  }

  /** Whoever asked may be dead by then; nobody hears the answer. */
  private void later(Supplier<?> execution) {
    scheduler.schedule(
        null,
        faults.lateNanos(),
        () -> {
          trace.note("network", "delivers late", 0);
          isLate = true;
          try {
            Object unused = execution.get();
          } catch (IllegalStateException | IllegalArgumentException | CompletionException e) {
            if (e.getCause() instanceof Violation broken) {
              throw broken;
            }
            // Refused by the log, to nobody.
            trace.note("network", "delivered in vain", 0);
          } finally {
            isLate = false;
          }
        });
  }

  @Override
  public void putGeometry(DetectorGeometry geometry) {
    Boolean unused =
        ask(
            "putGeometry",
            0,
            () -> {
              server.putGeometry(geometry);
              return true;
            });
  }

  @Override
  public Optional<DetectorGeometry> geometry(String hash) {
    return ask("geometry", 0, () -> server.geometry(hash));
  }

  @Override
  public ProducerMark openProducer(int partition, String fingerprint) {
    return ask("openProducer", partition, () -> server.openProducer(partition, fingerprint));
  }

  @Override
  public AppendResult append(
      int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    return ask(
        "append",
        partition,
        () -> server.append(partition, epoch, firstSequence, entries, backlogMax));
  }

  @Override
  public AppendResult finishProducer(int partition, long epoch, long entryCount) {
    return ask(
        "finishProducer", partition, () -> server.finishProducer(partition, epoch, entryCount));
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    process.requireAlive();
    return new FaultyReader(server.openReader(partition, consumer), partition);
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    process.requireAlive();
    Supplier<CompletionOutcome> execution =
        () -> server.complete(partition, completion).toCompletableFuture().join();
    Fate fate = fate("complete");
    trace.note(process.name(), traced("complete", fate), completion.id().sequence());
    var answer = new CompletableFuture<CompletionOutcome>();
    switch (fate) {
      case DONE, SLOW -> executed(execution, answer, true);
      case REPEATED -> {
        executed(execution, answer, true);
        later(execution);
      }
      case UNANSWERED -> executed(execution, answer, false);
      case DROPPED -> fail(answer);
      case LATE -> {
        later(execution);
        fail(answer);
      }
      case CRASH_BEFORE -> {
        process.kill();
        throw new ProcessDied(process.name());
      }
      case CRASH_AFTER -> {
        executed(execution, answer, false);
        process.kill();
        throw new ProcessDied(process.name());
      }
    }
    return answer;
  }

  private void executed(
      Supplier<CompletionOutcome> execution,
      CompletableFuture<CompletionOutcome> answer,
      boolean isAnswered) {
    // On the server: it happens whether or not who sent it still lives.
    scheduler.schedule(
        null,
        faults.latencyNanos(),
        () -> {
          CompletionOutcome outcome;
          try {
            outcome = execution.get();
          } catch (CompletionException e) {
            if (!(e.getCause() instanceof EventLogException)) {
              throw e;
            }
            fail(answer);
            return;
          }
          if (isAnswered) {
            scheduler.schedule(process, faults.latencyNanos(), () -> answer.complete(outcome));
          } else {
            fail(answer);
          }
        });
  }

  private void fail(CompletableFuture<CompletionOutcome> answer) {
    scheduler.schedule(
        process,
        faults.latencyNanos(),
        () ->
            answer.completeExceptionally(
                new EventLogException("simulated: complete was not answered")));
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    return ask("renew", partition, () -> server.renew(partition, consumer, ids));
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    return ask("release", partition, () -> server.release(partition, consumer, ids));
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    return ask(
        lone ? "claimLone" : "claim",
        partition,
        () -> {
          if (isLate) {
            // Nobody waits for what it brings any more.
            process.harm();
          }
          Claim claim = server.claim(partition, consumer, settings, lone);
          if (claim.kind() == Claim.Kind.LONE && faults.killsTheLone()) {
            scheduler.schedule(null, faults.latencyNanos(), process::kill);
          }
          return claim;
        });
  }

  @Override
  public PartitionAccount account(int partition) {
    return ask("account", partition, () -> server.account(partition));
  }

  @Override
  public Set<EntryId> leave(int partition, String consumer) {
    return ask("leave", partition, () -> server.leave(partition, consumer));
  }

  @Override
  public List<String> meet(String consumer, Duration lease) {
    return ask("meet", 0, () -> server.meet(consumer, lease));
  }

  @Override
  public void depart(String consumer) {
    Boolean unused =
        ask(
            "depart",
            0,
            () -> {
              server.depart(consumer);
              return true;
            });
  }

  @Override
  public boolean redrive(
      int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    return ask("redrive", partition, () -> server.redrive(partition, deadLetterId, entries, kept));
  }

  @Override
  public int trim(int partition, int countMax) {
    return ask("trim", partition, () -> server.trim(partition, countMax));
  }

  /** Fails for ever once it has failed, as one does whose connection is gone. */
  private final class FaultyReader implements EntryReader {
    private final EntryReader reader;
    private final int partition;
    private @Nullable EventLogException end;

    FaultyReader(EntryReader reader, int partition) {
      this.reader = reader;
      this.partition = partition;
    }

    @Override
    public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
      return read("readHeld", () -> reader.readHeld(after, countMax));
    }

    @Override
    public List<DeliveredEntry> readNew(int countMax, Duration wait) {
      return read("readNew", () -> reader.readNew(countMax, wait));
    }

    private List<DeliveredEntry> read(String command, Supplier<List<DeliveredEntry>> execution) {
      if (end != null) {
        throw end;
      }
      try {
        return ask(command, partition, execution);
      } catch (EventLogException e) {
        end = e;
        throw e;
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
