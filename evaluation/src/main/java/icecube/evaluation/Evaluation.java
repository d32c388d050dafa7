// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;

/**
 * How good some models are on the same events.
 *
 * @param events compared: with truth, sound pulses, and a prediction of every model
 * @param withoutTruth events of which the meta does not tell the truth
 * @param unsound events that no direction may be made of
 * @param unpredicted sound events with truth that at least one model lacks
 * @param repeated events with the id of one before, which count once
 * @param reference the model that the others are compared with: the first one given
 * @param models those given, then the improved and the plain line fit
 * @param absent what could not be told, and why
 * @param robustness what becomes of answers when events are disturbed, for each model that was
 *     asked
 */
public record Evaluation(
    long events,
    long withoutTruth,
    long unsound,
    long unpredicted,
    long repeated,
    String reference,
    List<ModelResult> models,
    List<Absence> absent,
    List<RobustnessTable> robustness) {
  /**
   * Something that a data set or a file does not tell.
   *
   * @param what could not be told
   * @param why what is missing for it
   */
  public record Absence(String what, String why) {}

  public Evaluation {
    models = List.copyOf(models);
    absent = List.copyOf(absent);
    robustness = List.copyOf(robustness);
  }

  /** The same with these tables of robustness. */
  public Evaluation withRobustness(List<RobustnessTable> tables) {
    return new Evaluation(
        events,
        withoutTruth,
        unsound,
        unpredicted,
        repeated,
        reference,
        models,
        absent,
        List.copyOf(tables));
  }

  /** Whether there are rows of this kind. */
  boolean isKnown(Binning binning) {
    return !models.get(0).rowsBy(binning).isEmpty();
  }
}
