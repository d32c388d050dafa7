// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.load.Pace;
import icecube.load.Window;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When requests are sent and which of them count. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoadPaceOptions {
  private static final int CONCURRENCY = 8;
  private static final double SECONDS = 10;

  /** Gaps of an open loop. */
  enum Arrivals {
    POISSON,
    FIXED
  }

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "closed loop: so many requests in flight (default: " + CONCURRENCY + ")")
  private @Nullable Integer concurrency;

  @Option(
      names = "--rate",
      paramLabel = "REQUESTS/S",
      description = "open loop: so many requests a second, whatever becomes of those before")
  private @Nullable Double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "GAPS",
      defaultValue = "POISSON",
      description = "gaps of an open loop: poisson or fixed (default: poisson)")
  private Arrivals arrivals;

  @Option(
      names = "--replay-times",
      paramLabel = "FILE",
      description = "open loop at a recorded pace: a time a line, in seconds, not decreasing")
  private @Nullable Path replayTimes;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "load that does not count (default: ${DEFAULT-VALUE})")
  private double warmUpSeconds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "how long requests count (default: " + SECONDS + ")")
  private @Nullable Double durationSeconds;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "end after so many requests that count (default: by time)")
  private @Nullable Long requests;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "deadline of a request (default: ${DEFAULT-VALUE})")
  private double timeoutSeconds;

  Pace pace() {
    int given = (concurrency == null ? 0 : 1) + (rate == null ? 0 : 1);
    if (given + (replayTimes == null ? 0 : 1) > 1) {
      throw new SettingException(
          "--concurrency, --rate, --replay-times: several (expected: one of the three)");
    }
    if (replayTimes != null) {
      return recorded(replayTimes);
    }
    return SettingException.checked(
        () ->
            rate == null
                ? new Pace.Closed(concurrency == null ? CONCURRENCY : concurrency)
                : new Pace.Rate(rate, arrivals == Arrivals.POISSON));
  }

  private static Pace recorded(Path file) {
    try {
      double[] seconds =
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .filter(line -> !line.isBlank())
              .mapToDouble(line -> Double.parseDouble(line.trim()))
              .toArray();
      long[] offsets = new long[seconds.length];
      for (int i = 0; i < seconds.length; i++) {
        offsets[i] = Math.round((seconds[i] - seconds[0]) * 1e9);
      }
      return SettingException.checked(() -> new Pace.Replay(offsets));
    } catch (IOException | NumberFormatException e) {
      throw DatasetException.input(
          "--replay-times: " + file + ": " + e.getMessage() + " (expected: seconds, one a line)",
          e);
    }
  }

  Window window() {
    boolean byCount = requests != null && durationSeconds == null;
    double seconds = durationSeconds == null ? byCount ? 86_400 : SECONDS : durationSeconds;
    return SettingException.checked(
        () ->
            new Window(
                duration("--warm-up", warmUpSeconds),
                duration("--duration", seconds),
                requests == null ? Long.MAX_VALUE : requests));
  }

  Duration timeout() {
    Duration timeout = duration("--timeout", timeoutSeconds);
    if (timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new SettingException(
          "--timeout: " + timeoutSeconds + " (expected: above 0, at most 3600 seconds)");
    }
    return timeout;
  }

  private static Duration duration(String flag, double seconds) {
    if (!(seconds >= 0 && seconds <= 86_400)) {
      throw new SettingException(flag + ": " + seconds + " (expected: 0..86400 seconds)");
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /** The pace for a person who reads the report. */
  String words() {
    if (replayTimes != null) {
      return "open loop, times of " + replayTimes;
    }
    if (rate == null) {
      return "closed loop, " + (concurrency == null ? CONCURRENCY : concurrency) + " in flight";
    }
    return String.format(
        Locale.ROOT,
        "open loop, %s requests/s, %s gaps",
        rate,
        arrivals.name().toLowerCase(Locale.ROOT));
  }
}
