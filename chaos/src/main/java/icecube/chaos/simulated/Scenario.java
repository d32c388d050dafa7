// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.consumer.ConsumerSettings;
import icecube.emitter.EmitterSettings;
import icecube.stream.ClaimSettings;
import icecube.stream.PayloadEncoding;
import java.time.Duration;
import java.util.List;

/**
 * How large one simulated mesh is, and how much goes wrong in it.
 *
 * @param partitionCount of the log
 * @param consumerCount that are wanted at any time
 * @param serverCount model servers
 * @param eventCount events of the source, copies included
 * @param entryEventsMax events that close an entry
 * @param backlogMax entries a partition may hold unpublished
 * @param eventsPerSecond pace of the emitter; 0 means none
 * @param windowEntries entries a consumer may have in flight
 * @param badShare share of events that are invalid, repeated, or refused by the model
 * @param poisonCount events that kill every consumer that asks a model about them
 * @param stubbornShare share of events that every model server fails at until it is calm
 * @param isPacked whether entries are packed with zstd
 * @param loneKills share of lone deliveries soon after which chance kills the consumer
 * @param suspectAt deliveries from which an entry is only handed out alone
 * @param commandFaults share of commands to the log that meet a fault
 * @param serverFaults share of requests to a model server that meet a fault
 * @param processFaultsPerSecond crashes, stops, roll-backs, joining and leaving
 * @param faultNanos how long all this lasts; then it is calm, and all has to end well
 */
record Scenario(
    int partitionCount,
    int consumerCount,
    int serverCount,
    int eventCount,
    int entryEventsMax,
    int backlogMax,
    double eventsPerSecond,
    int windowEntries,
    double badShare,
    int poisonCount,
    double stubbornShare,
    boolean isPacked,
    double loneKills,
    int suspectAt,
    double commandFaults,
    double serverFaults,
    double processFaultsPerSecond,
    long faultNanos) {
  static final Duration LEASE = Duration.ofSeconds(1);

  private static final int SUSPECT_AT = 3;

  private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(500);
  private static final Duration READ_WAIT = Duration.ofMillis(100);
  static final Duration DRAIN = Duration.ofMillis(500);
  private static final Duration RETRY_FIRST = Duration.ofMillis(10);
  private static final Duration RETRY_MAX = Duration.ofMillis(400);

  /**
   * To be suspected, to be alone twice, and to be dead, with the restarts in between; and nearly as
   * long again as a piece of the entry that was taken apart.
   */
  private static final long POISON_LEASES = 18;

  private static final long SECOND_NANOS = 1_000_000_000;

  /**
   * What a seed asks for.
   *
   * @param extras dice of their own, so that what came later leaves earlier seeds their stories
   */
  static Scenario drawn(Dice dice, Dice extras) {
    boolean isPlain = extras.happens(0.4);
    int poisonCount = dice.happens(0.2) ? dice.between(1, 2) : 0;
    int eventCount = dice.between(0, 400);
    long faultNanos = dice.nanosBetween(SECOND_NANOS, 5 * SECOND_NANOS);
    boolean isPaced = dice.happens(0.8);
    return new Scenario(
        dice.between(1, 3),
        dice.between(1, 4),
        dice.between(1, 2),
        eventCount,
        dice.between(1, 6),
        dice.between(2, 10),
        isPaced ? Math.max(1, eventCount * 1.5e9 / faultNanos) : 0,
        dice.between(1, 8),
        dice.happens(0.7) ? 0.25 * dice.chance() : 0,
        poisonCount,
        !isPlain && extras.happens(0.5) ? 0.05 * extras.chance() : 0,
        !isPlain && extras.happens(0.3),
        !isPlain && extras.happens(0.5) ? extras.chance() : 0,
        !isPlain && extras.happens(0.4) ? 1 : SUSPECT_AT,
        dice.happens(0.85) ? 0.3 * dice.chance() : 0,
        dice.happens(0.7) ? 0.3 * dice.chance() * dice.chance() : 0,
        dice.happens(0.85) ? 20 * dice.chance() : 0,
        faultNanos);
  }

  EmitterSettings emitterSettings() {
    return EmitterSettings.DEFAULT.with(
        change -> {
          change.entryEventsMax = entryEventsMax;
          change.encoding = isPacked ? PayloadEncoding.ZSTD : PayloadEncoding.PLAIN;
          change.entryPulsesMax = 1_000;
          change.entriesPerAppend = Math.min(3, backlogMax);
          change.backlogMax = backlogMax;
          change.eventsPerSecond = eventsPerSecond;
          change.retryFirst = RETRY_FIRST;
          change.retryMax = RETRY_MAX;
        });
  }

  ConsumerSettings consumerSettings(String name, List<String> servers) {
    return ConsumerSettings.of(servers, "")
        .with(
            change -> {
              change.name = name;
              change.windowEntries = windowEntries;
              change.workerCount = 1;
              change.requestTimeout = REQUEST_TIMEOUT;
              change.claim = new ClaimSettings(LEASE, 4, suspectAt, 2);
              change.readWait = READ_WAIT;
              change.drain = DRAIN;
              change.retryFirst = RETRY_FIRST;
              change.retryMax = RETRY_MAX;
              change.parkedRetryMax = RETRY_MAX;
            });
  }

  /** How long after the last fault all may take to end well, ns. */
  long drainNanosMax() {
    // Whoever polls takes a window's or a backlog's worth of entries at a time.
    int atOnce = Math.min(backlogMax, windowEntries * consumerCount) * partitionCount;
    long turns = eventCount / entryEventsMax / Math.max(1, Math.min(atOnce, backlogMax)) + 1L;
    return 10 * SECOND_NANOS
        + turns * READ_WAIT.toNanos()
        + poisonCount * POISON_LEASES * LEASE.toNanos();
  }
}
