// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * What a model said about the events of one table: a vector for each, and a concentration if the
 * model knows one. Nothing is checked here: a model may say anything, and {@link EventResults}
 * judges it.
 *
 * <p>The zero vector, which is what a new one holds, means no direction. Confined to one request.
 */
final class Answers {
  private final double[] xyz;
  private final double[] kappa;

  /** No direction and no concentration for each of {@code eventCount} events. */
  Answers(int eventCount) {
    xyz = new double[3 * eventCount];
    kappa = new double[eventCount];
    Arrays.fill(kappa, Double.NEGATIVE_INFINITY);
  }

  /** Number of events. */
  int eventCount() {
    return kappa.length;
  }

  /** Sets the vector of event {@code event}. */
  void setVector(int event, double x, double y, double z) {
    xyz[3 * event] = x;
    xyz[3 * event + 1] = y;
    xyz[3 * event + 2] = z;
  }

  /** Sets the concentration of event {@code event}. */
  void setKappa(int event, double value) {
    // −∞ marks what was never set; a model that says −∞ is as wrong as one that says NaN.
    kappa[event] = value == Double.NEGATIVE_INFINITY ? Double.NaN : value;
  }

  /** x of the vector of event {@code event}. */
  double x(int event) {
    return xyz[3 * event];
  }

  /** y of the vector of event {@code event}. */
  double y(int event) {
    return xyz[3 * event + 1];
  }

  /** z of the vector of event {@code event}. */
  double z(int event) {
    return xyz[3 * event + 2];
  }

  /** Whether the vector of event {@code event} is zero. */
  boolean isNoDirection(int event) {
    return x(event) == 0 && y(event) == 0 && z(event) == 0;
  }

  /** The concentration of event {@code event}; empty if the model knows none. */
  OptionalDouble kappa(int event) {
    return kappa[event] == Double.NEGATIVE_INFINITY
        ? OptionalDouble.empty()
        : OptionalDouble.of(kappa[event]);
  }
}
