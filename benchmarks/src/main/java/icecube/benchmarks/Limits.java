// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.util.Locale;

/** What figures are held to: each is printed beside its limit. Confined to one thread. */
final class Limits {
  private int missed;

  /** A figure that should be as large as its limit; one that is no finite number misses it. */
  void atLeast(String what, double value, double limit) {
    print(what, value, "at least", limit, value >= limit && Double.isFinite(value));
  }

  /** A figure that should be no larger than its limit; one that is no finite number misses it. */
  void atMost(String what, double value, double limit) {
    print(what, value, "at most", limit, value <= limit && Double.isFinite(value));
  }

  private void print(String what, double value, String relation, double limit, boolean isKept) {
    if (!isKept) {
      missed++;
    }
    System.out.printf(
        Locale.ROOT,
        "  %-6s %s: %,.2f (limit: %s %,.2f)%n",
        isKept ? "kept" : "MISSED",
        what,
        value,
        relation,
        limit);
  }

  /** How many were missed so far. */
  int missed() {
    return missed;
  }
}
