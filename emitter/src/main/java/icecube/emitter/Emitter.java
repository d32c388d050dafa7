// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.chassis.TimeAndChance;
import icecube.otel.Telemetry;
import icecube.stream.EventLog;
import icecube.stream.FingerprintMismatchException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts the events of one source into an event log, each exactly once, whatever fails meanwhile.
 *
 * <p>{@link #run} does the work on the calling thread, once; everything else is thread-safe. The
 * emitter owns neither source nor log.
 */
public final class Emitter {
  /** Changes when the same source and settings would be cut into other entries than before. */
  private static final int CUT_VERSION = 2;

  private final EventSource source;
  private final EventLog log;
  private final EmitterSettings settings;
  private final EmitterMetrics metrics;
  private final SendSpans spans;
  private final TimeAndChance time;
  private final AtomicBoolean hasRun = new AtomicBoolean();
  private final AtomicLong emitted = new AtomicLong();

  /**
   * An emitter that has not begun.
   *
   * @throws IllegalArgumentException if the settings ask to replay a source without trigger times
   */
  public Emitter(EventSource source, EventLog log, EmitterSettings settings, Telemetry telemetry) {
    this(source, log, settings, telemetry, TimeAndChance.SYSTEM);
  }

  /** The same, under another time than this machine's. */
  public Emitter(
      EventSource source,
      EventLog log,
      EmitterSettings settings,
      Telemetry telemetry,
      TimeAndChance time) {
    this.source = requireNonNull(source, "source");
    this.log = requireNonNull(log, "log");
    this.settings = requireNonNull(settings, "settings");
    if (settings.replaySpeed() > 0 && !source.hasTriggerTimes()) {
      throw new IllegalArgumentException(
          "replay: the source has no trigger times (expected: a meta file with a column"
              + " trigger_time_ns, ns since the first event; or simulated events); add the column,"
              + " or set a steady pace instead");
    }
    this.metrics = new EmitterMetrics(telemetry.meters());
    this.spans = new SendSpans(telemetry.traces());
    this.time = requireNonNull(time, "time");
  }

  /**
   * Emits the whole source, then stays until every event is published or, if the settings say so,
   * leaves. Waits for as long as the log does not answer.
   *
   * @throws InterruptedException if interrupted; what was appended stays, a later emitter of the
   *     same source goes on from there
   * @throws FingerprintMismatchException if the log holds entries of another source, or of this one
   *     cut in another way
   * @throws SourceChangedException if the log holds more entries than this source has
   */
  public EmissionSummary run() throws InterruptedException {
    try (var emission = begin()) {
      emission.run(time);
      return emission.summary();
    }
  }

  /**
   * What {@link #run} does, for a caller who takes its steps himself and closes it. Does no I/O.
   */
  public Emission begin() {
    if (hasRun.getAndSet(true)) {
      throw new IllegalStateException("emitter: has run (expected: one run); make another");
    }
    return new Emission(source, fingerprint(), log, settings, metrics, spans, time, this::progress);
  }

  /**
   * Events of the source that the log is known to hold or to have held; those that an earlier
   * emitter brought count, too. Never falls.
   */
  public long emittedEvents() {
    return emitted.get();
  }

  private void progress(long events) {
    emitted.accumulateAndGet(events, Math::max);
  }

  /** What fixes which events stand in which entry: the source and everything about the cut. */
  String fingerprint() {
    String text =
        "cut=%d;events=%d;pulses=%d;partitions=%d;detector=%s;source=%s"
            .formatted(
                CUT_VERSION,
                settings.entryEventsMax(),
                settings.entryPulsesMax(),
                log.partitionCount(),
                source.geometry().hash(),
                source.fingerprint());
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
