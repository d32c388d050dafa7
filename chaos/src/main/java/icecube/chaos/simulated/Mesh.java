// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.consumer.Consumption;
import icecube.emitter.Emission;
import icecube.emitter.EmissionSummary.Outcome;
import icecube.emitter.Emitter;
import icecube.otel.Telemetry;
import icecube.stream.EventLog;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of one run, and who starts them again: as many consumers as are wanted, and an
 * emitter until everything is published. Confined to one thread.
 */
final class Mesh {
  private static final long RESTART_NANOS_MIN = 30_000_000;
  private static final long RESTART_NANOS_MAX = 400_000_000;
  private static final long DRAIN_LOOK_NANOS = 20_000_000;

  private final Scenario scenario;
  private final Scheduler scheduler;
  private final Dice dice;
  private final Faults faults;
  private final Trace trace;
  private final EventLog log;
  private final SeededEvents events;
  private final List<SimulatedServer> servers;
  private final Variant variant;
  private final Harms harms;

  /** Without children it measures nothing, which is cheap. */
  private final Telemetry telemetry = Telemetry.off();

  private final List<SimulatedProcess> emitters = new ArrayList<>();
  private final List<ConsumerProcess> consumers = new ArrayList<>();
  private int incarnations;
  private boolean isAway;
  private boolean isComplete;

  Mesh(
      Scenario scenario,
      Scheduler scheduler,
      Dice dice,
      Faults faults,
      Trace trace,
      EventLog log,
      SeededEvents events,
      List<SimulatedServer> servers,
      Variant variant,
      Harms harms) {
    this.scenario = scenario;
    this.scheduler = scheduler;
    this.dice = dice;
    this.faults = faults;
    this.trace = trace;
    this.log = log;
    this.events = events;
    this.servers = servers;
    this.variant = variant;
    this.harms = harms;
  }

  private record ConsumerProcess(SimulatedProcess process, Consumption consumption) {}

  void start() {
    for (int consumer = 0; consumer < scenario.consumerCount(); consumer++) {
      startConsumer();
    }
    startEmitter();
    scheduler.schedule(null, faults.settledNanos(), this::settled);
  }

  /** The last fault is over: whatever was taken for done may have been rolled back. */
  private void settled() {
    if (emitters.isEmpty()) {
      startEmitter();
    }
  }

  /** Whether an emitter has found everything published since the last fault. */
  boolean isComplete() {
    return isComplete;
  }

  /** Whether no process reaches the log. */
  void away(boolean isNowAway) {
    isAway = isNowAway;
  }

  void startEmitter() {
    var process = process("emitter");
    emitters.add(process);
    process.onDeath(
        dead -> {
          emitters.remove(dead);
          later(this::startEmitterIfNone);
        });
    var emitter =
        new Emitter(
            events,
            variant.emitter(faulty(process)),
            scenario.emitterSettings(),
            telemetry,
            process);
    Emission emission = emitter.begin();
    process.begin(emission, () -> ended(process, emission));
  }

  private void startEmitterIfNone() {
    if (emitters.isEmpty()) {
      startEmitter();
    }
  }

  private void ended(SimulatedProcess process, Emission emission) {
    Outcome outcome = emission.summary().outcome();
    trace.note(process.name(), outcome.name(), emission.summary().events());
    emission.close();
    process.close();
    emitters.remove(process);
    switch (outcome) {
      case COMPLETE -> isComplete = scheduler.nowNanos() >= faults.settledNanos();
      case SUPERSEDED -> later(this::startEmitterIfNone);
      case APPENDED, UNBALANCED ->
          throw new Violation("emitter: " + outcome + " (expected: it stays until complete)");
    }
  }

  void startConsumer() {
    var process = process("consumer");
    var consumption =
        new Consumption(
            variant.consumer(faulty(process)),
            scenario.consumerSettings(
                "consumer", servers.stream().map(SimulatedServer::name).toList()),
            telemetry,
            target -> channel(process, target),
            process,
            process);
    var running = new ConsumerProcess(process, consumption);
    consumers.add(running);
    harms.began(consumption.name(), process);
    process.onDeath(
        dead -> {
          consumers.remove(running);
          later(this::startConsumerIfWanted);
        });
    consumption.activities().forEach(activity -> process.begin(activity, () -> {}));
  }

  /** Somebody sends a dead letter round again. */
  void redrive(int partition) {
    var process = process("redrive");
    process.execute(
        () -> {
          new Redrive(faulty(process), dice).anyLetter(partition);
          process.close();
        },
        Duration.ZERO);
  }

  private void startConsumerIfWanted() {
    if (consumers.size() < scenario.consumerCount()) {
      startConsumer();
    }
  }

  /** A consumer stops in good order, as on SIGTERM; another takes its place later. */
  void stopConsumer() {
    if (!consumers.isEmpty()) {
      var leaving = consumers.remove(dice.between(0, consumers.size() - 1));
      trace.note(leaving.process.name(), "drains", leaving.consumption.eventsInFlight());
      leaving.consumption.drain();
      long until = scheduler.nowNanos() + Scenario.DRAIN.toNanos();
      leaving.process.execute(() -> look(leaving, until), Duration.ZERO);
      later(this::startConsumerIfWanted);
    }
  }

  private void look(ConsumerProcess leaving, long untilNanos) {
    boolean isOver = scheduler.nowNanos() >= untilNanos;
    boolean isAlone = leaving.process.stepsUnderWay() == 1;
    if (!isAlone || !(isOver || leaving.consumption.isIdle())) {
      scheduler.schedule(leaving.process, DRAIN_LOOK_NANOS, () -> look(leaving, untilNanos));
      return;
    }
    leaving.consumption.stop();
    leaving.consumption.handBack();
    trace.note(leaving.process.name(), "has left", 0);
  }

  private ManagedChannel channel(SimulatedProcess process, String target) {
    return servers.stream()
        .filter(server -> server.name().equals(target))
        .findFirst()
        .map(server -> new SimulatedChannel(process, server))
        .orElseThrow();
  }

  private SimulatedProcess process(String kind) {
    int incarnation = ++incarnations;
    var process =
        new SimulatedProcess(kind + "-" + incarnation, incarnation, scheduler, dice, trace);
    trace.note(process.name(), "starts", incarnation);
    return process;
  }

  private EventLog faulty(SimulatedProcess process) {
    return new FaultyLog(log, process, faults, scheduler, trace, () -> isAway);
  }

  private void later(Runnable action) {
    scheduler.schedule(null, dice.nanosBetween(RESTART_NANOS_MIN, RESTART_NANOS_MAX), action);
  }

  List<SimulatedProcess> emitters() {
    return emitters;
  }

  List<SimulatedProcess> consumers() {
    return consumers.stream().map(ConsumerProcess::process).toList();
  }

  List<SimulatedServer> servers() {
    return servers;
  }

  @Override
  public String toString() {
    return "%d emitters, %d consumers with %d events in flight"
        .formatted(
            emitters.size(),
            consumers.size(),
            consumers.stream().mapToInt(each -> each.consumption.eventsInFlight()).sum());
  }
}
