// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.EventLog;
import icecube.stream.InMemoryEventLog;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: a mesh of real code under faults, then in calm, then held against its promises.
 *
 * <p>Confined to one thread; runs share nothing.
 */
final class Simulation {
  /** A run without an end: the longest seen is a hundredth. */
  private static final long TASKS_MAX = 3_000_000;

  /** Apart from all seeds in use, so that the extras of one are not the story of another. */
  private static final long EXTRAS = 2_000_000;

  /** Until events that are redriven in calm are published. */
  private static final long REDRIVE_NANOS_MAX = 10_000_000_000L;

  private final long seed;
  private final Scheduler scheduler = new Scheduler();
  private final Dice dice;
  private final Scenario scenario;
  private final Faults faults;
  private final Trace trace;
  private final InMemoryEventLog log;
  private final EventLog served;
  private final ObservedLog observed;
  private final SeededEvents events;
  private final Mesh mesh;
  private final Mischief mischief;

  private Simulation(long seed, Variant variant, Consumer<String> lines, boolean isTraced) {
    this.seed = seed;
    dice = new Dice(seed);
    scenario = Scenario.drawn(dice, new Dice(seed + EXTRAS));
    trace = isTraced ? Trace.to(scheduler, lines) : Trace.silent(scheduler);
    faults = new Faults(dice, scheduler, scenario);
    log = new InMemoryEventLog(scenario.partitionCount(), scheduler::nowNanos);
    served = variant.server(log, dice);
    var harms = new Harms();
    observed = new ObservedLog(served, scheduler, harms);
    events = new SeededEvents(seed, scenario, dice);
    List<SimulatedServer> servers = new ArrayList<>();
    for (int server = 0; server < scenario.serverCount(); server++) {
      servers.add(new SimulatedServer("server-" + server, events, scheduler, dice, faults, trace));
    }
    mesh =
        new Mesh(
            scenario, scheduler, dice, faults, trace, observed, events, servers, variant, harms);
    mischief = new Mischief(scenario, scheduler, dice, faults, trace, log, observed, mesh);
    trace.note("seed", scenario.toString(), seed);
  }

  /**
   * How a run that kept every promise went.
   *
   * @param fingerprint of all that was decided and done; the same for the same seed and code
   * @param tasks steps, commands and answers
   * @param drainNanos from the last fault until everything was published and the emitter said so
   * @param blamed events that were taken for killers because their consumers were killed by chance,
   *     each when alone with it, and were predicted once somebody redrove them
   */
  record Outcome(long fingerprint, long tasks, long drainNanos, int blamed) {}

  /**
   * Runs a seed.
   *
   * @throws Violation if a promise did not hold
   */
  static Outcome run(long seed, Variant variant) {
    return new Simulation(seed, variant, line -> {}, false).run();
  }

  /** Runs a seed and tells everything it does. */
  static Outcome runTraced(long seed, Variant variant, Consumer<String> lines) {
    return new Simulation(seed, variant, lines, true).run();
  }

  private Outcome run() {
    mesh.start();
    mischief.start();
    long deadline = faults.settledNanos() + scenario.drainNanosMax();
    runUntil(mesh::isComplete, deadline);
    long drainNanos = Math.max(0, scheduler.nowNanos() - faults.settledNanos());
    int blamed = redriveTheBlamed();
    try {
      new EndCheck(events, served).check();
    } catch (Violation e) {
      throw violation(String.valueOf(e.getMessage()), e);
    }
    return new Outcome(trace.fingerprint(), scheduler.taskCount(), drainNanos, blamed);
  }

  private void runUntil(BooleanSupplier isOver, long deadlineNanos) {
    Quiet.forget();
    boolean goesOn = true;
    while (goesOn && !isOver.getAsBoolean()) {
      goesOn =
          scheduler.runNext(deadlineNanos)
              && scheduler.taskCount() < TASKS_MAX
              && Quiet.error() == null;
    }
    var failure = scheduler.failure();
    if (failure != null) {
      throw violation(String.valueOf(failure), failure);
    }
    if (Quiet.error() != null) {
      throw violation("an error was logged: " + Quiet.error(), null);
    }
    if (!isOver.getAsBoolean()) {
      throw violation(
          "not drained %.1f s after the last fault, after %d tasks: %s"
              .formatted(
                  (scheduler.nowNanos() - faults.settledNanos()) / 1e9,
                  scheduler.taskCount(),
                  mesh),
          null);
    }
  }

  /** What was taken for a killer and is none must be predicted after all, in calm. */
  private int redriveTheBlamed() {
    var person = new Redrive(observed, dice);
    int blamed = 0;
    for (int partition = 0; partition < observed.partitionCount(); partition++) {
      blamed +=
          person.all(
              partition,
              letter ->
                  letter.getReason() == Reason.REASON_CRASH_LOOP
                      && events.reason(letter.getEventId()) != Reason.REASON_CRASH_LOOP);
    }
    if (blamed > 0) {
      trace.note("redrive", "sends the blamed round again", blamed);
      runUntil(this::isEmpty, scheduler.nowNanos() + REDRIVE_NANOS_MAX);
    }
    return blamed;
  }

  private boolean isEmpty() {
    for (int partition = 0; partition < observed.partitionCount(); partition++) {
      if (observed.account(partition).backlog() > 0) {
        return false;
      }
    }
    return true;
  }

  private Violation violation(String what, @Nullable Throwable cause) {
    trace.note("VIOLATION", what, seed);
    var violation = new Violation("seed %d: %s".formatted(seed, what));
    if (cause != null) {
      violation.initCause(cause);
    }
    return violation;
  }
}
