// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.consumer.ConsumerSettings;
import icecube.stream.ClaimSettings;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** How much a consumer takes on, how long it is waited for, and what it is content with. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConsumptionOptions {
  private static final double LEASE_SECONDS_MIN = 0.1;
  private static final double LEASE_SECONDS_MAX = 3_600;

  /** Leaves time to hand back before {@link Interruption#CLOSE_MAX} is over. */
  private static final double DRAIN_SECONDS_MAX = 20;

  @Option(
      names = "--lease",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "how long entries stay with a consumer that does not answer any more, before another"
              + " takes them over (default: ${DEFAULT-VALUE})")
  private double leaseSeconds;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "how long a consumer that is told to stop works on what it has before it hands the rest"
              + " back for others (default: ${DEFAULT-VALUE})")
  private double drainSeconds;

  @Option(
      names = "--window-entries",
      paramLabel = "N",
      defaultValue = "" + ConsumerSettings.WINDOW_ENTRIES,
      description = "entries in work at once, some 32 events each (default: ${DEFAULT-VALUE})")
  private int windowEntries;

  @Option(
      names = "--window-bytes",
      paramLabel = "BYTES",
      defaultValue = "" + ConsumerSettings.WINDOW_BYTES,
      description =
          "bytes of them at once; one larger entry may be alone (default: ${DEFAULT-VALUE})")
  private long windowBytes;

  @Option(
      names = "--streams-per-server",
      paramLabel = "N",
      defaultValue = "" + ConsumerSettings.STREAMS_PER_SERVER,
      description = "streams to each model server (default: ${DEFAULT-VALUE})")
  private int streamsPerServer;

  @Option(
      names = "--degraded",
      paramLabel = "HOW",
      defaultValue = "REFUSE",
      description =
          "what becomes of events whose model is not ready or breaks: refuse (they wait until it"
              + " is mended) or allow (the line fit answers, flagged DEGRADED) (default: refuse)")
  private Degraded degraded;

  /** Whether a simpler model may answer. */
  enum Degraded {
    ALLOW,
    REFUSE
  }

  /** The settings asked for. */
  ConsumerSettings settings(List<String> modelServers, String model) {
    if (!(leaseSeconds >= LEASE_SECONDS_MIN && leaseSeconds <= LEASE_SECONDS_MAX)) {
      throw new SettingException(
          "--lease: %s (expected: %s..%s)"
              .formatted(leaseSeconds, LEASE_SECONDS_MIN, LEASE_SECONDS_MAX));
    }
    if (!(drainSeconds >= 0 && drainSeconds <= DRAIN_SECONDS_MAX)) {
      throw new SettingException(
          "--drain: %s (expected: 0..%s)".formatted(drainSeconds, DRAIN_SECONDS_MAX));
    }
    var usual = ClaimSettings.DEFAULT;
    var claim =
        new ClaimSettings(
            Duration.ofMillis(Math.round(leaseSeconds * 1e3)),
            usual.countMax(),
            usual.suspectAt(),
            usual.loneDeliveriesMax());
    return SettingException.checked(
        () ->
            ConsumerSettings.of(modelServers, model)
                .withClaim(claim)
                .with(
                    change -> {
                      change.drain = Duration.ofMillis(Math.round(drainSeconds * 1e3));
                      change.windowEntries = windowEntries;
                      change.windowBytes = windowBytes;
                      change.streamsPerServer = streamsPerServer;
                      change.degradedAllowed = degraded == Degraded.ALLOW;
                    }));
  }
}
