// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.google.errorprone.annotations.FormatMethod;
import icecube.dataset.DatasetException;
import icecube.dataset.PredictionRow;
import icecube.sky.RadialProfile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The profile that a prediction's uncertainty gives: its radii where it has both, which are
 * calibrated, else its kappa, else its radius50 alone.
 *
 * @param profile the profile
 * @param source what it was made from, in words
 */
record PredictedProfile(RadialProfile profile, String source) {
  /**
   * The profile of a row.
   *
   * @throws DatasetException of kind input if the row has no uncertainty, or none that makes sense
   */
  static PredictedProfile of(PredictionRow row, Path file) {
    OptionalDouble r50 = row.radius50Rad();
    OptionalDouble r90 = row.radius90Rad();
    if (r50.isPresent() && r90.isPresent()) {
      double inner = r50.getAsDouble();
      double outer = r90.getAsDouble();
      if (RadialProfile.canHold(inner, outer)) {
        return new PredictedProfile(
            RadialProfile.ofRadii(inner, outer), "the model's radii for 50 % and 90 %");
      }
    }
    if (row.kappa().isPresent()) {
      double kappa = row.kappa().getAsDouble();
      if (kappa >= 0 && kappa < Double.POSITIVE_INFINITY) {
        return new PredictedProfile(
            RadialProfile.ofKappa(kappa), format("kappa %.4g (von Mises-Fisher)", kappa));
      }
    }
    if (r50.isPresent() && r50.getAsDouble() > 0 && r50.getAsDouble() <= Math.PI) {
      return new PredictedProfile(
          RadialProfile.ofRadius50(r50.getAsDouble()),
          format(
              "radius50 alone (von Mises-Fisher); radius90 %s leaves no room for its 10 %%",
              r90.isPresent()
                  ? format("%.2f deg", Math.toDegrees(r90.getAsDouble()))
                  : "is absent and"));
    }
    throw DatasetException.input(
        "%s: event %d: kappa %s, radius50 %s, radius90 %s (expected: kappa >= 0, or 0 < radius50 <"
                .formatted(file, row.eventId(), text(row.kappa()), text(r50), text(r90))
            + " radius90 < pi); predict with a model that gives them, such as --model direction;"
            + " line-fit does not",
        null);
  }

  private static String text(OptionalDouble value) {
    return value.isPresent() ? String.valueOf(value.getAsDouble()) : "none";
  }

  @FormatMethod
  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
