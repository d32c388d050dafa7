// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import icecube.stream.EventLogException;
import icecube.stream.Reconciliation;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One seed from its first process to its verdict: a mesh of real processes, faults, calm, and then
 * every event counted. Confined to one thread.
 */
final class SeedRun implements AutoCloseable {
  static final String STREAM = "chaos";
  static final int PARTITIONS = 3;

  /** As the emitter has it: entries a partition holds before it waits. */
  static final long BACKLOG_MAX = 64;

  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration END_MAX = Duration.ofMinutes(5);
  private static final Duration EMITTER_END_MAX = Duration.ofSeconds(20);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final SeedPlan plan;
  private final Reference reference;
  private final Killers killers;
  private final Breakage breakage;
  private final MeshCommands commands;
  private final RedisSite redis;
  private final Cast cast;
  private final FaultThrower thrower;
  private final List<String> violations = new ArrayList<>();
  private final Onlooker onlooker;
  private long lookedNanos;
  private boolean isEmitterDone;
  private int redriven;

  private SeedRun(
      SeedPlan plan,
      Reference reference,
      Killers killers,
      Breakage breakage,
      MeshCommands commands,
      RedisSite redis,
      Cast cast) {
    this.plan = plan;
    this.reference = reference;
    this.killers = killers;
    this.breakage = breakage;
    this.commands = commands;
    this.redis = redis;
    this.cast = cast;
    this.thrower = new FaultThrower(redis, cast);
    this.onlooker = new Onlooker(redis);
  }

  /** Runs a seed in a folder of its own. */
  static SeedReport run(
      Workplace place,
      Children children,
      Path folder,
      SeedPlan plan,
      Reference reference,
      Breakage breakage)
      throws IOException, InterruptedException {
    var killers = Killers.drawn(plan.seed(), plan.killerCount(), plan.events());
    try (var redis =
        RedisSite.start(place, children, folder, plan.fsync(), plan.kinds(), plan.seed())) {
      var commands = MeshCommands.of(place, redis.uri(), reference.input(), killers);
      var cast = new Cast(children, folder);
      try (var run = new SeedRun(plan, reference, killers, breakage, commands, redis, cast)) {
        return run.run();
      }
    }
  }

  private SeedReport run() throws IOException, InterruptedException {
    startAll();
    long startNanos = System.nanoTime();
    thrower.plan(Schedule.of(plan.seed(), plan.kinds(), plan.window()), startNanos);
    long endNanos = startNanos + plan.window().toNanos();
    while (System.nanoTime() - endNanos < 0 || !thrower.isOver()) {
      thrower.step(System.nanoTime());
      commands.pace(emissionLeft(), Math.max(0, endNanos - System.nanoTime()));
      tick();
    }
    cast.recall();
    commands.hurry();
    double drainSeconds = drain();
    awaitEmitter();
    cast.stopAll();
    try (var raw = RawRedis.connect(redis.primaryPort())) {
      breakage.plant(raw, STREAM, PARTITIONS);
      return report(raw, drainSeconds);
    }
  }

  private void startAll() throws IOException, InterruptedException {
    commands.pace(plan.events(), plan.window().toNanos());
    for (String target : commands.targets()) {
      cast.addServer(() -> commands.server(target));
    }
    for (int consumer = 0; consumer < plan.consumers(); consumer++) {
      cast.addConsumer(commands::consumer);
    }
    cast.setEmitter(commands::emitter);
    cast.startAll();
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (onlooker.accounts().isEmpty() || onlooker.accounts().get().published() == 0) {
      tick();
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("mesh: published nothing within " + START_MAX);
      }
    }
  }

  /** Looks after processes and accounts, then waits a little. */
  private void tick() throws IOException {
    long now = System.nanoTime();
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      onlooker.look();
    }
    cast.revive(now, isEmitterDone || isComplete());
    LockSupport.parkNanos(TICK_NANOS);
  }

  private boolean isComplete() {
    return onlooker.accounts().map(seen -> seen.areComplete(plan.events())).orElse(false);
  }

  private long emissionLeft() {
    return onlooker.accounts().map(seen -> plan.events() - seen.emitted()).orElse(-1L);
  }

  private double drain() throws IOException {
    long deadline = System.nanoTime() + END_MAX.toNanos();
    lookedNanos = 0;
    onlooker.close();
    do {
      tick();
    } while (!isComplete() && System.nanoTime() - deadline < 0);
    double seconds = (System.nanoTime() - thrower.lastNanos()) / 1e9;
    if (!isComplete()) {
      violations.add(
          "not complete %s after the last fault: %s (expected: %d events published)"
              .formatted(END_MAX, onlooker.accounts(), plan.events()));
    } else if (seconds * 1e9 > plan.drainMax().toNanos() && plan.killerCount() == 0) {
      violations.add("drained after %.1f s (expected: <= %s)".formatted(seconds, plan.drainMax()));
    }
    return seconds;
  }

  private void awaitEmitter() {
    if (!violations.isEmpty() || !cast.emitter().isAlive()) {
      return;
    }
    OptionalInt code = cast.emitter().await(EMITTER_END_MAX);
    if (code.isEmpty() || code.getAsInt() != 0) {
      violations.add("emitter: exit code %s (expected: 0, complete)".formatted(code));
    }
  }

  private SeedReport report(RawRedis raw, double drainSeconds) throws IOException {
    long backlogLimit = BACKLOG_MAX + killers.backlogExtra();
    if (onlooker.backlogMax() > backlogLimit) {
      violations.add(
          "backlog: %d (expected: <= %d)".formatted(onlooker.backlogMax(), backlogLimit));
    }
    var verdict = check(raw, killers.eventIds(), "");
    if (!killers.eventIds().isEmpty() && verdict.lost().isEmpty()) {
      redrive(raw);
    }
    return new SeedReport(
        plan.group(),
        plan.seed(),
        plan.fsync(),
        plan.events(),
        thrower.thrown(),
        cast.consumers().stream().mapToInt(Cast.Role::endsOfItsOwn).sum(),
        redis.kills(),
        redis.bytesLost(),
        onlooker.backlogMax(),
        verdict.lost().size(),
        verdict.doubled().size(),
        verdict.wrongDead().size(),
        (int) killers.eventIds().stream().filter(id -> !verdict.wrongAlive().contains(id)).count(),
        redriven,
        drainSeconds,
        violations);
  }

  private Verdict check(RawRedis raw, Set<Long> dead, String when) throws IOException {
    var published = Published.read(raw, STREAM, PARTITIONS);
    var verdict = Verdict.of(published, reference.directions(), dead);
    verdict.violations().forEach(each -> violations.add(when + each));
    reconcile(when);
    return verdict;
  }

  /** The cause is mended: consumers are sound now, and what killed them goes round again. */
  private void redrive(RawRedis raw) throws IOException {
    commands.mend();
    isEmitterDone = true;
    tick();
    OptionalInt code = cast.perform("redrive", commands.redrive(), END_MAX);
    if (code.isEmpty() || code.getAsInt() != 0) {
      violations.add("redrive: exit code %s (expected: 0)".formatted(code));
      return;
    }
    long deadline = System.nanoTime() + END_MAX.toNanos();
    do {
      tick();
    } while (!(isComplete() && onlooker.accounts().orElseThrow().deadLettered() == 0)
        && System.nanoTime() - deadline < 0);
    cast.stopAll();
    var verdict = check(raw, Set.of(), "after redrive: ");
    redriven =
        (int) killers.eventIds().stream().filter(id -> !verdict.wrongDead().contains(id)).count();
  }

  /** What the product itself says of its books. */
  private void reconcile(String when) {
    Set<Long> ids = reference.directions().keySet();
    var settings =
        new RedisSettings(
            "redis://127.0.0.1:" + redis.primaryPort(), STREAM, OptionalInt.of(PARTITIONS));
    try (var log = RedisEventLog.connect(settings)) {
      var reconciliation =
          Reconciliation.of(log, Optional.of(() -> ids.stream().mapToLong(Long::longValue)));
      if (!reconciliation.isComplete() || reconciliation.emitted() != plan.events()) {
        violations.add("reconcile:\n" + reconciliation.toTable().strip().indent(4).stripTrailing());
      }
    } catch (EventLogException e) {
      violations.add(when + "reconcile: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    onlooker.close();
    cast.stopAll();
    redis.killAll();
  }
}
