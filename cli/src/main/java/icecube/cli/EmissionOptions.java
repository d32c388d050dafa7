// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.emitter.EmitterSettings;
import icecube.emitter.EventSource;
import icecube.stream.PayloadEncoding;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast events are put into the stream, and how they are written there. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class EmissionOptions {
  @Option(
      names = "--rate",
      paramLabel = "EVENTS/S",
      description = "steady pace of emission, 0 for as fast as possible (default: 0)")
  private @Nullable Double rate;

  @Option(
      names = "--replay",
      paramLabel = "SPEED",
      arity = "0..1",
      fallbackValue = "1",
      description =
          "emit at the recorded pace, SPEED times as fast (default without a number: 1); needs"
              + " trigger times")
  private @Nullable Double replay;

  @Option(names = "--compress", description = "pack the entries of the stream with zstd")
  private boolean compress;

  @Option(
      names = "--trace-ratio",
      paramLabel = "SHARE",
      description =
          "share of the entries that are traced, 0..1, if OTEL_EXPORTER_OTLP_ENDPOINT is set; wins"
              + " over OTEL_TRACES_SAMPLER (default: 0.02); faults are traced at any")
  private @Nullable Double traceRatio;

  /** Which traces are drawn. */
  ToldService.TraceSettings traces() {
    if (traceRatio != null && !(traceRatio >= 0 && traceRatio <= 1)) {
      throw new SettingException("--trace-ratio: " + traceRatio + " (expected: 0..1)");
    }
    return ToldService.TraceSettings.ofProcess(
        traceRatio == null ? OptionalDouble.empty() : OptionalDouble.of(traceRatio));
  }

  /**
   * The settings asked for.
   *
   * @throws DatasetException of kind input if a source without trigger times is to be replayed
   */
  EmitterSettings settingsFor(EventSource source) {
    if (replay != null && rate != null) {
      throw new SettingException(
          "--replay " + replay + " with --rate " + rate + " (expected: one of the two)");
    }
    if (replay != null && !(replay > 0)) {
      throw new SettingException("--replay: " + replay + " (expected: above 0)");
    }
    if (replay != null && !source.hasTriggerTimes()) {
      throw DatasetException.input(
          "--replay: the input has no trigger times (expected: a column trigger_time_ns in every"
              + " meta file, int64 ns since the first event); add it, write the data set with"
              + " icecube simulate, or use --rate",
          null);
    }
    return SettingException.checked(
        () ->
            EmitterSettings.DEFAULT.with(
                change -> {
                  change.eventsPerSecond = rate == null ? 0 : rate;
                  change.replaySpeed = replay == null ? 0 : replay;
                  change.encoding = compress ? PayloadEncoding.ZSTD : PayloadEncoding.PLAIN;
                }));
  }
}
