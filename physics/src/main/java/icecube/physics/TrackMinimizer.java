// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;

/**
 * Finds the track nearby at which a function of tracks is smallest: BFGS over the five lengths of a
 * {@link TrackFrame} step, with a backtracking line search, never more than a bounded number of
 * steps.
 *
 * <p>(J. Nocedal, S. J. Wright, Numerical Optimization, 2006, §6.1; the frame turns with the track,
 * so the approximate inverse of the curvature needs no transport.) Stateless and thread-safe.
 */
final class TrackMinimizer {
  /** A function of tracks. */
  interface Function {
    /** Its value; writes its gradient by the lengths of a step to {@code gradient}. */
    double at(TrackFrame track, double[] gradient);
  }

  /**
   * Where it ended.
   *
   * @param track the best one found
   * @param value of the function there
   */
  record Minimum(TrackFrame track, double value) {}

  /** The longest step, metres. */
  static final double STEP_METERS_MAX = 50;

  /** Times a step is shortened before the search ends. */
  static final int SHORTENING_COUNT_MAX = 8;

  /** The least expected gain of a step that is worth it. */
  static final double GAIN_MIN = 1e-3;

  private static final int SIZE = TrackFrame.SIZE;
  private static final double ARMIJO = 1e-4;
  private static final double FIRST_METERS_SQUARED = 25;

  private TrackMinimizer() {}

  /**
   * The smallest value found from {@code start}.
   *
   * @param stepCountMax most steps; each takes at most {@value #SHORTENING_COUNT_MAX} + 1 values
   */
  static Minimum minimize(Function function, TrackFrame start, int stepCountMax) {
    double[] inverse = new double[SIZE * SIZE];
    reset(inverse);
    double[] gradient = new double[SIZE];
    double[] nextGradient = new double[SIZE];
    double[] step = new double[SIZE];
    var here = new Minimum(start, function.at(start, gradient));
    for (int count = 0; count < stepCountMax; count++) {
      double gain = direct(inverse, gradient, step);
      if (!(gain > GAIN_MIN)) {
        break;
      }
      var next = search(function, here, gain, step, nextGradient);
      if (!(next.value() < here.value())) {
        break;
      }
      update(inverse, step, gradient, nextGradient, count == 0);
      System.arraycopy(nextGradient, 0, gradient, 0, SIZE);
      here = next;
    }
    return here;
  }

  /**
   * Goes along {@code step}, shortened until the function falls.
   *
   * @param gain of the whole step to first order
   * @param gradient receives the gradient where it ends
   */
  private static Minimum search(
      Function function, Minimum here, double gain, double[] step, double[] gradient) {
    double expected = gain;
    var next = moved(function, here, step, gradient);
    for (int shortening = 0; shortening < SHORTENING_COUNT_MAX; shortening++) {
      if (next.value() <= here.value() - ARMIJO * expected) {
        break;
      }
      double factor = shorten(here.value(), expected, next.value());
      for (int k = 0; k < SIZE; k++) {
        step[k] *= factor;
      }
      expected *= factor;
      next = moved(function, here, step, gradient);
    }
    return next;
  }

  private static Minimum moved(Function function, Minimum here, double[] step, double[] gradient) {
    var track = here.track().moved(step);
    return new Minimum(track, function.at(track, gradient));
  }

  /** The factor at which the parabola through value, slope and what was reached is least. */
  private static double shorten(double value, double gain, double reached) {
    double factor = gain / (2 * (reached - value + gain));
    return factor >= 0.1 ? Math.min(0.5, factor) : 0.1;
  }

  private static void reset(double[] inverse) {
    Arrays.fill(inverse, 0);
    for (int k = 0; k < SIZE; k++) {
      inverse[k * SIZE + k] = FIRST_METERS_SQUARED;
    }
  }

  /** Writes −H·gradient to {@code step}, no longer than allowed; gives its gain to first order. */
  private static double direct(double[] inverse, double[] gradient, double[] step) {
    double square = 0;
    for (int row = 0; row < SIZE; row++) {
      double sum = 0;
      for (int column = 0; column < SIZE; column++) {
        sum += inverse[row * SIZE + column] * gradient[column];
      }
      step[row] = -sum;
      square += sum * sum;
    }
    double factor = Math.min(1, STEP_METERS_MAX / Math.sqrt(square));
    double gain = 0;
    for (int k = 0; k < SIZE; k++) {
      step[k] *= factor;
      gain -= step[k] * gradient[k];
    }
    return gain;
  }

  /** H after a step s along which the gradient changed by y, if it curves upwards there. */
  private static void update(
      double[] inverse, double[] step, double[] before, double[] after, boolean isFirst) {
    double sy = 0;
    double yy = 0;
    double[] y = new double[SIZE];
    for (int k = 0; k < SIZE; k++) {
      y[k] = after[k] - before[k];
      sy += step[k] * y[k];
      yy += y[k] * y[k];
    }
    if (!(sy > 1e-10 * Math.sqrt(yy))) {
      return;
    }
    if (isFirst) {
      for (int k = 0; k < SIZE; k++) {
        inverse[k * SIZE + k] = sy / yy;
      }
    }
    double[] hy = new double[SIZE];
    double yhy = 0;
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        hy[row] += inverse[row * SIZE + column] * y[column];
      }
      yhy += hy[row] * y[row];
    }
    double scale = (1 + yhy / sy) / sy;
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        inverse[row * SIZE + column] +=
            scale * step[row] * step[column]
                - (hy[row] * step[column] + step[row] * hy[column]) / sy;
      }
    }
  }
}
