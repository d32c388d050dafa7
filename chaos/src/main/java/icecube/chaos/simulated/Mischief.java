// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.InMemoryEventLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What goes wrong with whole processes and with the log, at moments of chance, until it is calm.
 * Confined to one thread.
 */
final class Mischief {
  private static final long MILLI_NANOS = 1_000_000;
  private static final int IMAGES_MAX = 5;

  private final Scenario scenario;
  private final Scheduler scheduler;
  private final Dice dice;
  private final Faults faults;
  private final Trace trace;
  private final InMemoryEventLog log;
  private final ObservedLog observed;
  private final Mesh mesh;

  /** Of the whole log, oldest first. */
  private final Deque<List<Image>> images = new ArrayDeque<>();

  Mischief(
      Scenario scenario,
      Scheduler scheduler,
      Dice dice,
      Faults faults,
      Trace trace,
      InMemoryEventLog log,
      ObservedLog observed,
      Mesh mesh) {
    this.scenario = scenario;
    this.scheduler = scheduler;
    this.dice = dice;
    this.faults = faults;
    this.trace = trace;
    this.log = log;
    this.observed = observed;
    this.mesh = mesh;
  }

  private record Image(InMemoryEventLog.Image log, PartitionModel.Image model) {}

  void start() {
    scheduler.schedule(null, scenario.faultNanos(), this::calm);
    if (scenario.processFaultsPerSecond() > 0) {
      remember();
      scheduleNext();
    }
  }

  private void calm() {
    trace.note("mischief", "is over", 0);
    faults.end();
    mesh.away(false);
    observed.full(false);
    mesh.servers().forEach(SimulatedServer::start);
  }

  private void scheduleNext() {
    double seconds = -Math.log(1 - dice.chance()) / scenario.processFaultsPerSecond();
    scheduler.schedule(null, (long) (seconds * 1e9), this::strike);
  }

  private void remember() {
    if (faults.isOver()) {
      return;
    }
    List<Image> all = new ArrayList<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      all.add(new Image(log.image(partition), observed.model(partition).image()));
    }
    images.addLast(all);
    if (images.size() > IMAGES_MAX) {
      images.removeFirst();
    }
    scheduler.schedule(null, dice.nanosBetween(20, 300) * MILLI_NANOS, this::remember);
  }

  private void strike() {
    if (faults.isOver()) {
      return;
    }
    switch (dice.between(0, 14)) {
      case 0, 1 -> anyConsumer(SimulatedProcess::kill);
      case 2, 3 -> anyConsumer(this::pause);
      case 4 -> anyEmitter(SimulatedProcess::kill);
      case 5 -> anyEmitter(this::pause);
      case 6 -> mesh.startEmitter();
      case 7 -> mesh.stopConsumer();
      case 8 -> rollBack(dice.between(0, log.partitionCount() - 1));
      case 9 -> failOver();
      case 10 -> loseServer();
      case 11 -> fillMemory();
      case 12, 13 -> mesh.redrive(dice.between(0, log.partitionCount() - 1));
      default -> cutOff();
    }
    scheduleNext();
  }

  private void anyConsumer(java.util.function.Consumer<SimulatedProcess> what) {
    any(mesh.consumers(), what);
  }

  private void anyEmitter(java.util.function.Consumer<SimulatedProcess> what) {
    any(mesh.emitters(), what);
  }

  private void any(
      List<SimulatedProcess> processes, java.util.function.Consumer<SimulatedProcess> what) {
    if (!processes.isEmpty()) {
      what.accept(processes.get(dice.between(0, processes.size() - 1)));
    }
  }

  private void pause(SimulatedProcess process) {
    long longest = Math.max(1, faults.settledNanos() - scheduler.nowNanos());
    process.pause(Math.min(longest, dice.nanosBetween(50, 2_500) * MILLI_NANOS));
  }

  /** One partition forgets what it did since an image of it was made. */
  private void rollBack(int partition) {
    var all = new ArrayList<>(images);
    Image image = all.get(dice.between(0, all.size() - 1)).get(partition);
    trace.note("log", "rolls back partition", partition);
    log.restore(partition, image.log);
    observed.model(partition).restore(image.model);
    observed.check(partition);
  }

  /** A replica takes over, that is behind by another amount in each partition. */
  private void failOver() {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      rollBack(partition);
    }
  }

  private void loseServer() {
    var servers = mesh.servers();
    var server = servers.get(dice.between(0, servers.size() - 1));
    if (dice.happens(0.5)) {
      server.kill();
    } else {
      server.hang();
    }
    scheduler.schedule(
        null,
        dice.nanosBetween(100, 1_500) * MILLI_NANOS,
        () -> {
          if (server.isUp()) {
            server.kill();
          }
          server.start();
        });
  }

  private void fillMemory() {
    trace.note("log", "has no memory left", 0);
    observed.full(true);
    scheduler.schedule(
        null, dice.nanosBetween(50, 1_000) * MILLI_NANOS, () -> observed.full(false));
  }

  private void cutOff() {
    trace.note("log", "cannot be reached", 0);
    mesh.away(true);
    scheduler.schedule(null, dice.nanosBetween(20, 1_200) * MILLI_NANOS, () -> mesh.away(false));
  }
}
