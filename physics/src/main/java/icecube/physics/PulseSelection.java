// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * Which pulses of one event become rows: the walk of Knuth's algorithm S that {@link
 * FeatureBuilder} describes.
 *
 * <p>Confined to one thread and to one walk over one event.
 */
final class PulseSelection {
  /** The odd number nearest to 2⁶⁴ / golden ratio: SplitMix64's step. */
  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  private long state;
  private int coincidentLeft;
  private int coincidentWanted;
  private int auxiliaryLeft;
  private int auxiliaryWanted;

  private PulseSelection(long seed, int coincidentCount, int auxiliaryCount, int rowCountMax) {
    this.state = seed;
    this.coincidentLeft = coincidentCount;
    this.coincidentWanted = Math.min(coincidentCount, rowCountMax);
    this.auxiliaryLeft = auxiliaryCount;
    this.auxiliaryWanted = Math.min(auxiliaryCount, rowCountMax - coincidentWanted);
  }

  /** The walk over {@code event}'s pulses that keeps at most {@code rowCountMax} of them. */
  static PulseSelection of(Event event, int rowCountMax) {
    PulseSeries pulses = event.pulses();
    int auxiliaryCount = 0;
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      if (pulses.auxiliary(pulse)) {
        auxiliaryCount++;
      }
    }
    return new PulseSelection(
        event.id(), pulses.count() - auxiliaryCount, auxiliaryCount, rowCountMax);
  }

  /** Whether the next pulse in time order, of the given kind, is kept. */
  boolean keepsNext(boolean auxiliary) {
    if (auxiliary) {
      boolean kept = draw(auxiliaryWanted, auxiliaryLeft);
      auxiliaryLeft--;
      auxiliaryWanted -= kept ? 1 : 0;
      return kept;
    }
    boolean kept = draw(coincidentWanted, coincidentLeft);
    coincidentLeft--;
    coincidentWanted -= kept ? 1 : 0;
    return kept;
  }

  private boolean draw(int wanted, int left) {
    if (wanted == left || wanted == 0) {
      return wanted != 0;
    }
    long upper = nextLong() >>> 32;
    return (upper * left) >>> 32 < wanted;
  }

  /** SplitMix64 with Stafford's mixer 13, as in Steele, Lea and Flood, OOPSLA 2014, figure 17. */
  private long nextLong() {
    state += GOLDEN_GAMMA;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
