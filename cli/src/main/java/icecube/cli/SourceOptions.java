// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where events come from: Kaggle files, or the simulator. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SourceOptions {
  /** Events simulated if nothing else is asked for. */
  static final long EVENTS = 20_000;

  @Mixin private GeometryOption geometry;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      arity = "1..*",
      description =
          "folders of Kaggle files (the competition's, its train/ or test/, any with batches) and"
              + " batch files, read in this order, files of one folder by number; may be repeated")
  private @Nullable List<Path> inputs;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "simulate this many events instead (default: " + EVENTS + ")")
  private @Nullable Long events;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of the simulation (default: ${DEFAULT-VALUE})")
  private long seed;

  /** Whether a person named a source at all. */
  boolean isGiven() {
    return inputs != null || events != null;
  }

  /** What to read, or empty to simulate; checks that only one of the two was asked for. */
  List<Path> inputs() {
    if (inputs == null) {
      return List.of();
    }
    if (events != null) {
      throw new SettingException(
          "--input " + inputs.get(0) + " with --events " + events + " (expected: one of the two)");
    }
    return List.copyOf(inputs);
  }

  long events() {
    if (events != null && events < 1) {
      throw new SettingException("--events: " + events + " (expected: at least 1)");
    }
    return events == null ? EVENTS : events;
  }

  long seed() {
    return seed;
  }

  GeometryOption geometry() {
    return geometry;
  }
}
