// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * What a model said about the events of one table: a vector for each, and a concentration and radii
 * if the model knows them. Nothing is checked here: a model may say anything, and {@link
 * EventResults} judges it.
 *
 * <p>The zero vector, which is what a new one holds, means no direction. Confined to one request.
 */
final class Answers {
  // Marks what was never set; a model that says so itself is as wrong as one that says NaN.
  private static final double NEVER_SET = Double.NEGATIVE_INFINITY;

  private final double[] xyz;
  private final double[] kappa;
  // Radius of 50 %, then of 90 %, of each event.
  private final double[] radii;

  /** No direction, concentration or radii for each of {@code eventCount} events. */
  Answers(int eventCount) {
    xyz = new double[3 * eventCount];
    kappa = new double[eventCount];
    radii = new double[2 * eventCount];
    Arrays.fill(kappa, NEVER_SET);
    Arrays.fill(radii, NEVER_SET);
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
    kappa[event] = said(value);
  }

  /** Sets the radii of event {@code event} that are to hold the truth in 50 % and 90 %, rad. */
  void setRadii(int event, double radius50Rad, double radius90Rad) {
    radii[2 * event] = said(radius50Rad);
    radii[2 * event + 1] = said(radius90Rad);
  }

  private static double said(double value) {
    return value == NEVER_SET ? Double.NaN : value;
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
    return kappa[event] == NEVER_SET ? OptionalDouble.empty() : OptionalDouble.of(kappa[event]);
  }

  /** Whether the model says radii, sound or not, of event {@code event}. */
  boolean hasRadii(int event) {
    return radii[2 * event] != NEVER_SET;
  }

  /** The radius of 50 % of event {@code event}, if it {@link #hasRadii}. */
  double radius50Rad(int event) {
    return radii[2 * event];
  }

  /** The radius of 90 % of event {@code event}, if it {@link #hasRadii}. */
  double radius90Rad(int event) {
    return radii[2 * event + 1];
  }
}
