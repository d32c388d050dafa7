// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.dataset.PredictionRow;
import icecube.dataset.PredictionWriter;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.physics.VonMisesFisher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Events, truths and predictions that tests are made of. */
final class Cases {
  private Cases() {}

  /** A sound event whose light climbs string 36, so that both line fits answer zenith π. */
  static Event climbing(long id) {
    int dom = IceCube86.sensorId(36, 40);
    return new Event(
        id,
        PulseSeries.of(
            new int[] {dom, dom - 1, dom - 2, dom - 3},
            new float[] {0, 60, 120, 180},
            new float[] {1, 2, 1, 1},
            new boolean[4]));
  }

  static EventTruth truth(double azimuthRad, double zenithRad) {
    return new EventTruth(Direction.ofAngles(azimuthRad, zenithRad), null, null, 4);
  }

  static EventTruth truth(
      Direction direction, @Nullable Double energyGev, @Nullable Boolean isTrack) {
    return new EventTruth(direction, energyGev, isTrack, 4);
  }

  static PredictionRow row(
      long id, double azimuthRad, double zenithRad, double kappa, double r50, double r90) {
    return new PredictionRow(
        id, azimuthRad, zenithRad, told(kappa), told(r50), told(r90), 4, 4, "m", "1", "");
  }

  static PredictionRow row(long id, Direction direction, double kappa, double r50, double r90) {
    return row(id, direction.azimuthRad(), direction.zenithRad(), kappa, r50, r90);
  }

  /** A direction and no more. */
  static PredictionRow row(long id, double azimuthRad, double zenithRad) {
    return row(id, azimuthRad, zenithRad, Double.NaN, Double.NaN, Double.NaN);
  }

  private static OptionalDouble told(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  static PredictionTable table(Path folder, String name, List<PredictionRow> rows) {
    Path file = folder.resolve(name + ".parquet");
    PredictionWriter.write(file, rows);
    return PredictionTable.read(name, file);
  }

  /**
   * Truths all over the sky, half of them tracks, with answers that scatter by their own κ, and
   * what is told of it: κ times {@code kappaScale}, with the radii that belong to that.
   */
  static Evaluation scattered(Path folder, int count, double kappaScale) {
    SplittableRandom random = Seeds.random();
    List<PredictionRow> rows = new ArrayList<>();
    List<EventTruth> truths = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      Direction truth =
          Direction.along(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
      double kappa = Math.exp(8 * random.nextDouble() - 2);
      Direction answer = new VonMisesFisher(truth, kappa).sample(random);
      VonMisesFisher told = new VonMisesFisher(answer, kappa * kappaScale);
      rows.add(row(id, answer, told.kappa(), told.containmentRad(0.5), told.containmentRad(0.9)));
      double energyGev = Math.pow(10, 1.5 + 6 * random.nextDouble());
      truths.add(truth(truth, energyGev, random.nextBoolean()));
    }
    Evaluator evaluator =
        new Evaluator(List.of(table(folder, "scattered", rows)), IceCube86.geometry());
    for (int id = 0; id < count; id++) {
      evaluator.add(climbing(id), truths.get(id));
    }
    return evaluator.evaluate();
  }
}
