// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often the truth lies where a model says it should.
 *
 * @param topology {@code all}, {@code track} or {@code cascade}
 * @param radius50 events within their own 50 % radius, of those that tell one
 * @param radius90 events within their own 90 % radius, of those that tell one
 * @param fromKappa events within the radius that holds p of a von Mises–Fisher distribution of
 *     their own κ, of those that tell one, for p = 0.05, 0.10 … 0.95
 */
public record Coverage(String topology, Share radius50, Share radius90, List<Share> fromKappa) {
  /** Every so often there is a point of the curve. */
  static final int STEPS = 20;

  public Coverage {
    fromKappa = List.copyOf(fromKappa);
  }

  /** Whether any event told a radius or κ. */
  boolean isTold() {
    return radius50.count() + radius90.count() + fromKappa.get(0).count() > 0;
  }

  /** The counts behind a coverage; confined to one thread. */
  static final class Counter {
    private final Inside radius50 = new Inside();
    private final Inside radius90 = new Inside();
    private final long[] byProbability = new long[STEPS];
    private long withKappa;

    /** Counts one event; NaN stands for what it does not tell. */
    void add(double errorRad, float radius50Rad, float radius90Rad, double probabilityInside) {
      radius50.add(errorRad, radius50Rad);
      radius90.add(errorRad, radius90Rad);
      if (!Double.isNaN(probabilityInside)) {
        withKappa++;
        int step = (int) Math.ceil(probabilityInside * STEPS) - 1;
        byProbability[Math.max(0, Math.min(STEPS - 1, step))]++;
      }
    }

    Coverage toCoverage(String topology) {
      Share[] curve = new Share[STEPS - 1];
      long within = 0;
      for (int step = 0; step < curve.length; step++) {
        within += byProbability[step];
        curve[step] = Share.of((step + 1.0) / STEPS, withKappa, within);
      }
      return new Coverage(topology, radius50.toShare(0.5), radius90.toShare(0.9), List.of(curve));
    }
  }

  /** Events that tell a radius, and those of them within it. */
  private static final class Inside {
    private long count;
    private long within;

    void add(double errorRad, float radiusRad) {
      if (!Float.isNaN(radiusRad)) {
        count++;
        // As float, which the radius is.
        within += (float) errorRad <= radiusRad ? 1 : 0;
      }
    }

    Share toShare(double nominal) {
      return Share.of(nominal, count, within);
    }
  }

  /** The first of some coverages with this topology, if there is one. */
  static @Nullable Coverage of(List<Coverage> coverages, String topology) {
    return coverages.stream()
        .filter(coverage -> coverage.topology().equals(topology))
        .findFirst()
        .orElse(null);
  }
}
