// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.emitter.DatasetSource;
import icecube.emitter.EventCursor;
import icecube.emitter.SourceEvent;
import icecube.evaluation.RobustnessRun;
import icecube.evaluation.RobustnessTable;
import icecube.modelserver.LocalModel;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.perturbation.Perturbation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models answer disturbed events, and how many of them. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RobustnessOptions {
  private static final String EVENTS_DEFAULT = "5000";

  @Option(
      names = "--robustness",
      paramLabel = "MODEL",
      description =
          "also ask this model, in this process, for the first events disturbed in every way:"
              + " jitter, charge noise, flags, dead sensors and strings, the array turned; may be"
              + " repeated")
  private @Nullable List<String> names;

  @Option(
      names = "--robustness-events",
      paramLabel = "N",
      defaultValue = EVENTS_DEFAULT,
      description = "events to disturb, nine answers each (default: ${DEFAULT-VALUE})")
  private long events;

  @Option(
      names = "--robustness-seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of the disturbances (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private ModelSources sources;

  private List<String> names() {
    return names == null ? List.of() : names;
  }

  /** Refuses what cannot be run, before anything is. */
  void requireSound() {
    if (events < 1) {
      throw new SettingException("--robustness-events: " + events + " (expected: at least 1)");
    }
  }

  /** One table for each model asked for. */
  List<RobustnessTable> run(DatasetSource source) {
    List<RobustnessTable> tables = new ArrayList<>();
    for (String name : names()) {
      try (LocalModel model =
          LocalModel.open(sources.origins(), name, source.geometry(), 1, sources.device())) {
        tables.add(run(source, name, new ModelAnswers(name, model::predict)));
      }
    }
    return tables;
  }

  private RobustnessTable run(DatasetSource source, String name, ModelAnswers answers) {
    RobustnessRun run =
        new RobustnessRun(
            name, answers, source.geometry(), Perturbation.standard(source.geometry()), seed);
    long count = 0;
    try (EventCursor cursor = source.open();
        ProgressLine progress = ProgressLine.open("disturbing", events)) {
      SourceEvent next = cursor.next();
      while (next != null && count < events) {
        Event event = next.event();
        Direction truth = next.truth();
        if (truth != null && EventDefect.find(event.pulses(), source.geometry()).isEmpty()) {
          run.add(event, truth);
          progress.at(++count);
        }
        next = cursor.next();
      }
    }
    if (count == 0) {
      throw DatasetException.input(
          "--robustness: no sound event with truth (expected: train_meta with azimuth and zenith)",
          null);
    }
    return run.table();
  }
}
