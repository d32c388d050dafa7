// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.v1.Model;
import java.util.List;
import java.util.stream.Stream;

/**
 * The models that every server has: fits in Java, which need no file. No source may offer one of
 * their names. Stateless and thread-safe.
 */
final class BuiltInModels {
  /** The improved line fit: the default, and what stands in for models that are ill. */
  static final String LINE_FIT = "line-fit";

  /** The likelihood fit with Pandel's law: about a millisecond an event. */
  static final String PANDEL = "pandel";

  /**
   * Goes up with every change of what the fit answers: files that hold answers are told apart by
   * it, as there is no graph with a checksum.
   */
  private static final String LINE_FIT_VERSION = "1";

  /** Goes up as {@link #LINE_FIT_VERSION} does. */
  private static final String PANDEL_VERSION = "1";

  private BuiltInModels() {}

  /** Whether a model of this name is built in. */
  static boolean has(String name) {
    return name.equals(LINE_FIT) || name.equals(PANDEL);
  }

  /** All of them, new. */
  static List<ServedModel> served() {
    return Stream.of(LINE_FIT, PANDEL).map(BuiltInModels::served).toList();
  }

  /** The one of this name, new. */
  static ServedModel served(String name) {
    return switch (name) {
      case LINE_FIT ->
          served(
              name,
              LINE_FIT_VERSION,
              "Improved line fit in Java: late light left out, charge weighted, robust.",
              FitModel.lineFit());
      case PANDEL ->
          served(
              name,
              PANDEL_VERSION,
              "Track of greatest likelihood in Java: first pulses by Pandel's law (MPE).",
              FitModel.pandel());
      default ->
          throw new IllegalArgumentException(
              "model: %s (expected: %s or %s)".formatted(name, LINE_FIT, PANDEL));
    };
  }

  private static ServedModel served(String name, String version, String description, FitModel fit) {
    return ServedModel.ready(name, version, Model.Runtime.RUNTIME_JAVA, "", description, fit);
  }
}
