// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.chassis.Activity;
import icecube.chassis.TimeAndChance;
import icecube.consumer.Workers;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A process that may be paused and killed at any moment: what is scheduled for it waits, or never
 * happens.
 *
 * <p>Confined to one thread.
 */
final class SimulatedProcess implements TimeAndChance, Workers {
  private static final long START_UNIX_MICROS = 1_800_000_000_000_000L;

  /** What any piece of work takes, so that time never stands still. */
  private static final long WORK_NANOS_MAX = 200_000;

  private final String name;
  private final Scheduler scheduler;
  private final Dice dice;
  private final int incarnation;
  private final Trace trace;
  private Consumer<SimulatedProcess> onDeath = process -> {};
  private boolean isDead;
  private boolean isClosed;
  private int stepsUnderWay;
  private long pausedUntilNanos;
  private long harmedNanos = Long.MIN_VALUE;

  SimulatedProcess(String name, int incarnation, Scheduler scheduler, Dice dice, Trace trace) {
    this.name = name;
    this.incarnation = incarnation;
    this.scheduler = scheduler;
    this.dice = dice;
    this.trace = trace;
  }

  String name() {
    return name;
  }

  /** What somebody wants to do about its death; at most one. */
  void onDeath(Consumer<SimulatedProcess> action) {
    onDeath = action;
  }

  /** Takes the steps of an activity until its last; {@code atEnd} follows. */
  void begin(Activity activity, Runnable atEnd) {
    execute(() -> step(activity, atEnd), Duration.ZERO);
  }

  private void step(Activity activity, Runnable atEnd) {
    try {
      var wait = activity.step();
      if (wait.isPresent()) {
        execute(() -> step(activity, atEnd), wait.get());
      } else {
        atEnd.run();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("step: interrupted (expected: nobody does)", e);
    }
  }

  @Override
  public void execute(Runnable step, Duration wait) {
    scheduler.schedule(this, wait.toNanos() + dice.nanosBetween(1, WORK_NANOS_MAX), step);
  }

  /** Takes no more steps; what is under way still may ask the log. */
  @Override
  public void close() {
    isClosed = true;
  }

  /** Whether what is scheduled for it happens. */
  boolean takesSteps() {
    return !isDead && !isClosed;
  }

  void enter() {
    stepsUnderWay++;
  }

  void exit() {
    stepsUnderWay--;
  }

  /** Steps that have begun and let time pass in their midst. */
  int stepsUnderWay() {
    return stepsUnderWay;
  }

  /** Kills it, as kill -9 does. */
  void kill() {
    if (!isDead) {
      trace.note(name, "dies", scheduler.nowNanos());
      isDead = true;
      harm();
      onDeath.accept(this);
    }
  }

  /** Stops it for a while, as SIGSTOP and SIGCONT do. */
  void pause(long nanos) {
    trace.note(name, "is stopped for ms", nanos / 1_000_000);
    harm();
    pausedUntilNanos = Math.max(pausedUntilNanos, scheduler.nowNanos() + nanos);
  }

  /** Something happens to it now that may cost it a lease. */
  void harm() {
    harmedNanos = scheduler.nowNanos();
  }

  /** Whether something has happened to it since then that may have cost it a lease. */
  boolean isHarmedSince(long nanos) {
    return isDead || Math.max(harmedNanos, pausedUntilNanos) >= nanos;
  }

  void requireAlive() {
    if (isDead) {
      throw new ProcessDied(name);
    }
  }

  boolean isDead() {
    return isDead;
  }

  long pausedUntilNanos() {
    return pausedUntilNanos;
  }

  @Override
  public long nanoTime() {
    return scheduler.nowNanos();
  }

  @Override
  public long unixMicros() {
    return START_UNIX_MICROS + scheduler.nowNanos() / 1_000;
  }

  @Override
  public void pause(Duration duration) {
    throw new IllegalStateException("pause: " + duration + " (expected: steps never wait)");
  }

  @Override
  public double chance() {
    return dice.chance();
  }

  @Override
  public String incarnation() {
    return "%08x".formatted(incarnation);
  }
}
