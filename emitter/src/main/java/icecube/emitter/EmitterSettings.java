// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How events are cut into entries and how fast they are offered to the log.
 *
 * @param entryEventsMax events that close an entry
 * @param entryPulsesMax pulses that close an entry; one event may exceed it alone
 * @param entriesPerAppend entries of one partition sent at once, and read ahead for it
 * @param backlogMax entries a partition may hold unpublished before the emitter waits
 * @param eventsPerSecond pace of emission; 0 means as fast as the log takes them
 * @param staysUntilComplete whether to stay until everything is published and to send again what
 *     the log loses; else the emitter leaves once everything was appended
 * @param pollInterval how often the accounts are read while it stays
 * @param retryFirst first pause when the log is full or does not answer
 * @param retryMax longest such pause
 */
public record EmitterSettings(
    int entryEventsMax,
    int entryPulsesMax,
    int entriesPerAppend,
    int backlogMax,
    double eventsPerSecond,
    boolean staysUntilComplete,
    Duration pollInterval,
    Duration retryFirst,
    Duration retryMax) {
  /** Micro-batches make durability cheap: 56,000 events/s with fsync on every append, not 4,400. */
  public static final int ENTRY_EVENTS_MAX = 32;

  /** About 0.8 MB; bounds an entry of large events. */
  public static final int ENTRY_PULSES_MAX = 65_536;

  public static final int ENTRIES_PER_APPEND = 8;

  /** 2,048 events a partition: a tenth of a second of work for the mesh. */
  public static final int BACKLOG_MAX = 64;

  public static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  public static final Duration RETRY_FIRST = Duration.ofMillis(5);
  public static final Duration RETRY_MAX = Duration.ofSeconds(1);

  /** As fast as the log takes it, staying until complete. */
  public static final EmitterSettings DEFAULT =
      new EmitterSettings(
          ENTRY_EVENTS_MAX,
          ENTRY_PULSES_MAX,
          ENTRIES_PER_APPEND,
          BACKLOG_MAX,
          0,
          true,
          POLL_INTERVAL,
          RETRY_FIRST,
          RETRY_MAX);

  public EmitterSettings {
    requireNonNull(pollInterval, "pollInterval");
    requireNonNull(retryFirst, "retryFirst");
    requireNonNull(retryMax, "retryMax");
    check(
        entryEventsMax >= 1 && entryEventsMax <= 4_096,
        "entry-events-max",
        entryEventsMax,
        "1..4096");
    check(entryPulsesMax >= 1, "entry-pulses-max", entryPulsesMax, ">= 1");
    check(
        entriesPerAppend >= 1 && entriesPerAppend <= 256,
        "entries-per-append",
        entriesPerAppend,
        "1..256");
    check(
        backlogMax >= entriesPerAppend,
        "backlog-max",
        backlogMax,
        ">= entries-per-append, " + entriesPerAppend);
    check(
        eventsPerSecond >= 0 && eventsPerSecond <= 1e9,
        "events-per-second",
        eventsPerSecond,
        "0..1e9, 0 for no limit");
    check(isPositive(pollInterval), "poll-interval", pollInterval, "> PT0S");
    check(isPositive(retryFirst), "retry-first", retryFirst, "> PT0S");
    check(
        retryMax.compareTo(retryFirst) >= 0,
        "retry-max",
        retryMax,
        ">= retry-first, " + retryFirst);
  }

  /** The same at another pace; 0 means as fast as the log takes them. */
  public EmitterSettings withEventsPerSecond(double pace) {
    return new EmitterSettings(
        entryEventsMax,
        entryPulsesMax,
        entriesPerAppend,
        backlogMax,
        pace,
        staysUntilComplete,
        pollInterval,
        retryFirst,
        retryMax);
  }

  /** The same, cut another way. */
  public EmitterSettings withEntries(int eventsMax, int pulsesMax) {
    return new EmitterSettings(
        eventsMax,
        pulsesMax,
        entriesPerAppend,
        backlogMax,
        eventsPerSecond,
        staysUntilComplete,
        pollInterval,
        retryFirst,
        retryMax);
  }

  /** The same with another backlog and another number of entries sent at once. */
  public EmitterSettings withBacklog(int entriesMax, int perAppend) {
    return new EmitterSettings(
        entryEventsMax,
        entryPulsesMax,
        perAppend,
        entriesMax,
        eventsPerSecond,
        staysUntilComplete,
        pollInterval,
        retryFirst,
        retryMax);
  }

  /** The same, leaving as soon as everything was appended. */
  public EmitterSettings leavingAfterEmission() {
    return new EmitterSettings(
        entryEventsMax,
        entryPulsesMax,
        entriesPerAppend,
        backlogMax,
        eventsPerSecond,
        false,
        pollInterval,
        retryFirst,
        retryMax);
  }

  private static boolean isPositive(Duration value) {
    return !value.isNegative() && !value.isZero();
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
