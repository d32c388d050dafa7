// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How honest a model is about its own precision.
 *
 * @param withoutKappa events that lack κ: absent, not zero
 * @param withoutRadius50 events that lack the 50 % radius
 * @param withoutRadius90 events that lack the 90 % radius
 * @param coverage over all events, and by topology where it is known
 * @param pulls how pulls are spread; null if no event has κ
 * @param calibration predicted beside observed radius; empty if no event has one
 */
public record Precision(
    long withoutKappa,
    long withoutRadius50,
    long withoutRadius90,
    List<Coverage> coverage,
    @Nullable Pulls pulls,
    List<CalibrationPoint> calibration) {
  public Precision {
    coverage = List.copyOf(coverage);
    calibration = List.copyOf(calibration);
  }
}
