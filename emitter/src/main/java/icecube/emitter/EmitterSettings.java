// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.stream.PayloadEncoding;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How events are cut into entries and how fast they are offered to the log.
 *
 * @param entryEventsMax events that close an entry
 * @param entryPulsesMax pulses that close an entry; one event may exceed it alone
 * @param entriesPerAppend entries of one partition sent at once, and read ahead for it
 * @param outboxBytesMax bytes of events read ahead, over all partitions; the last entry read may
 *     exceed it
 * @param backlogMax entries a partition may hold unpublished before the emitter waits
 * @param eventsPerSecond pace of emission; 0 means as fast as the log takes them
 * @param replaySpeed pace of recording times this; 0 means no replay
 * @param encoding how payloads are written; entries that would not shrink are written plain
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
    long outboxBytesMax,
    int backlogMax,
    double eventsPerSecond,
    double replaySpeed,
    PayloadEncoding encoding,
    boolean staysUntilComplete,
    Duration pollInterval,
    Duration retryFirst,
    Duration retryMax) {
  /** Micro-batches make durability cheap: 56,000 events/s with fsync on every append, not 4,400. */
  public static final int ENTRY_EVENTS_MAX = 32;

  /** About 0.8 MB; bounds an entry of large events. */
  public static final int ENTRY_PULSES_MAX = 65_536;

  /**
   * The most that may be asked for: an entry, plain, then fits what an unpacking consumer takes.
   */
  public static final int ENTRY_PULSES_CEILING = 1_000_000;

  public static final int ENTRIES_PER_APPEND = 8;

  /** 16 MiB: some 500 usual entries, or four of the largest. */
  public static final long OUTBOX_BYTES_MAX = 16L << 20;

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
          OUTBOX_BYTES_MAX,
          BACKLOG_MAX,
          0,
          0,
          PayloadEncoding.PLAIN,
          true,
          POLL_INTERVAL,
          RETRY_FIRST,
          RETRY_MAX);

  public EmitterSettings {
    requireNonNull(encoding, "encoding");
    requireNonNull(pollInterval, "pollInterval");
    requireNonNull(retryFirst, "retryFirst");
    requireNonNull(retryMax, "retryMax");
    check(
        entryEventsMax >= 1 && entryEventsMax <= 4_096,
        "entry-events-max",
        entryEventsMax,
        "1..4096");
    check(
        entryPulsesMax >= 1 && entryPulsesMax <= ENTRY_PULSES_CEILING,
        "entry-pulses-max",
        entryPulsesMax,
        "1.." + ENTRY_PULSES_CEILING);
    check(
        entriesPerAppend >= 1 && entriesPerAppend <= 256,
        "entries-per-append",
        entriesPerAppend,
        "1..256");
    check(outboxBytesMax >= 1, "outbox-bytes-max", outboxBytesMax, ">= 1");
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
    check(replaySpeed >= 0 && replaySpeed <= 1e9, "replay", replaySpeed, "0..1e9, 0 for no replay");
    check(
        replaySpeed == 0 || eventsPerSecond == 0,
        "replay",
        replaySpeed,
        "0 with events-per-second " + eventsPerSecond + ": one pace of the two");
    check(isPositive(pollInterval), "poll-interval", pollInterval, "> PT0S");
    check(isPositive(retryFirst), "retry-first", retryFirst, "> PT0S");
    check(
        retryMax.compareTo(retryFirst) >= 0,
        "retry-max",
        retryMax,
        ">= retry-first, " + retryFirst);
  }

  /** The same but for what {@code change} sets. */
  public EmitterSettings with(Consumer<Builder> change) {
    var builder = new Builder(this);
    change.accept(builder);
    return builder.build();
  }

  /** The same at another pace; 0 means as fast as the log takes them. */
  public EmitterSettings withEventsPerSecond(double pace) {
    return with(change -> change.eventsPerSecond = pace);
  }

  /** The same at the pace of recording times a factor; 0 means not. */
  public EmitterSettings withReplaySpeed(double speed) {
    return with(change -> change.replaySpeed = speed);
  }

  /** The same, cut another way. */
  public EmitterSettings withEntries(int eventsMax, int pulsesMax) {
    return with(
        change -> {
          change.entryEventsMax = eventsMax;
          change.entryPulsesMax = pulsesMax;
        });
  }

  /** The same with another backlog and another number of entries sent at once. */
  public EmitterSettings withBacklog(int entriesMax, int perAppend) {
    return with(
        change -> {
          change.backlogMax = entriesMax;
          change.entriesPerAppend = perAppend;
        });
  }

  /** The same with other bytes between source and log. */
  public EmitterSettings withOutboxBytesMax(long sizeBytes) {
    return with(change -> change.outboxBytesMax = sizeBytes);
  }

  /** The same with payloads written another way. */
  public EmitterSettings withEncoding(PayloadEncoding other) {
    return with(change -> change.encoding = other);
  }

  /** The same, leaving as soon as everything was appended. */
  public EmitterSettings leavingAfterEmission() {
    return with(change -> change.staysUntilComplete = false);
  }

  /** Settings in the making: each field as the component of its name. Confined to one thread. */
  public static final class Builder {
    public int entryEventsMax;
    public int entryPulsesMax;
    public int entriesPerAppend;
    public long outboxBytesMax;
    public int backlogMax;
    public double eventsPerSecond;
    public double replaySpeed;
    public PayloadEncoding encoding;
    public boolean staysUntilComplete;
    public Duration pollInterval;
    public Duration retryFirst;
    public Duration retryMax;

    private Builder(EmitterSettings from) {
      entryEventsMax = from.entryEventsMax;
      entryPulsesMax = from.entryPulsesMax;
      entriesPerAppend = from.entriesPerAppend;
      outboxBytesMax = from.outboxBytesMax;
      backlogMax = from.backlogMax;
      eventsPerSecond = from.eventsPerSecond;
      replaySpeed = from.replaySpeed;
      encoding = from.encoding;
      staysUntilComplete = from.staysUntilComplete;
      pollInterval = from.pollInterval;
      retryFirst = from.retryFirst;
      retryMax = from.retryMax;
    }

    private EmitterSettings build() {
      return new EmitterSettings(
          entryEventsMax,
          entryPulsesMax,
          entriesPerAppend,
          outboxBytesMax,
          backlogMax,
          eventsPerSecond,
          replaySpeed,
          encoding,
          staysUntilComplete,
          pollInterval,
          retryFirst,
          retryMax);
    }
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
