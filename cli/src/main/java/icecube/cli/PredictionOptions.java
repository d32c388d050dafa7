// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.evaluation.Evaluator;
import icecube.evaluation.PredictionTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which predictions are evaluated, and what they are called. */
final class PredictionOptions {
  /** The longest name of a model that still fits its column. */
  static final int NAME_LENGTH_MAX = 24;

  @Option(
      names = "--predictions",
      paramLabel = "[NAME=]FILE",
      description =
          "predictions.parquet of a run, or a submission; may be repeated to compare models on the"
              + " same events, the first is the reference (default name: the file's)")
  private @Nullable List<String> predictions;

  @Option(
      names = "--submission",
      paramLabel = "FILE",
      description = "event_id,azimuth,zenith: the same as --predictions submission=FILE")
  private @Nullable Path submission;

  /** The files by the names of their models, in the order given; none may be given. */
  Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    if (submission != null) {
      files.put("submission", submission);
    }
    for (String given : predictions == null ? List.<String>of() : predictions) {
      int equals = given.indexOf('=');
      boolean isNamed = equals >= 0 && given.lastIndexOf('/', equals) < 0;
      Path file = Path.of(given.substring(isNamed ? equals + 1 : 0));
      String name = isNamed ? given.substring(0, equals) : stem(file);
      if (name.isBlank() || name.length() > NAME_LENGTH_MAX) {
        throw new SettingException(
            "--predictions: %s: name of %d characters (expected: 1..%d); give one as NAME=FILE"
                .formatted(given, name.length(), NAME_LENGTH_MAX));
      }
      if (files.put(name, file) != null) {
        throw new SettingException(
            "--predictions: %s: %s is there already (expected: each name once); give another as"
                    .formatted(given, name)
                + " NAME=FILE");
      }
    }
    if (files.size() > Evaluator.MODEL_COUNT_MAX) {
      throw new SettingException(
          "--predictions: %d files (expected: at most %d); evaluate them in parts"
              .formatted(files.size(), Evaluator.MODEL_COUNT_MAX));
    }
    return files;
  }

  /** Reads the files. */
  static List<PredictionTable> read(Map<String, Path> files) {
    List<PredictionTable> tables = new ArrayList<>();
    files.forEach((name, file) -> tables.add(PredictionTable.read(name, file)));
    return tables;
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
