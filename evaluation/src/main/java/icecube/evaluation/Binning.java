// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A way to sort events into fixed bins; a value on an edge belongs to the bin that starts there.
 * The bins are part of the format, so that two evaluations can be laid beside each other.
 */
public enum Binning {
  /** Half decades of the neutrino's energy from 100 GeV to 10 PeV, and all below and above. */
  ENERGY("energy", "energy, GeV", 0) {
    @Override
    double valueOf(EventTruth truth) {
      return truth.energyGev() == null ? Double.NaN : truth.energyGev();
    }

    @Override
    List<Bin> define() {
      double[] edges = new double[11];
      for (int i = 0; i < edges.length; i++) {
        edges[i] = Math.pow(10, 2 + i / 2.0);
      }
      return open(edges, Binning::energy);
    }
  },
  /** Tracks and cascades. */
  TOPOLOGY("topology", "topology", 8) {
    @Override
    double valueOf(EventTruth truth) {
      return truth.isTrack() == null ? Double.NaN : truth.isTrack() ? 0 : 1;
    }

    @Override
    List<Bin> define() {
      return List.of(new Bin("track", 0.0, 1.0), new Bin("cascade", 1.0, 2.0));
    }
  },
  /** Ten bins of equal solid angle; cosine −1 is straight up through the Earth, 1 straight down. */
  ZENITH("zenith", "cosine of the zenith", 16) {
    @Override
    double valueOf(EventTruth truth) {
      // 1 belongs to the last bin, which would else not have its upper edge.
      return Math.min(truth.direction().z(), Math.nextDown(1.0));
    }

    @Override
    List<Bin> define() {
      List<Bin> bins = new ArrayList<>();
      for (int tenth = -5; tenth < 5; tenth++) {
        double low = tenth / 5.0;
        double high = (tenth + 1) / 5.0;
        bins.add(new Bin(String.format(Locale.ROOT, "%.1f to %.1f", low, high), low, high));
      }
      return bins;
    }
  },
  /** All pulses of an event, those beyond what a model is given included. */
  PULSES("pulses", "pulses", 24) {
    @Override
    double valueOf(EventTruth truth) {
      return truth.pulseCount();
    }

    @Override
    List<Bin> define() {
      double[] edges = {32, 48, 64, 96, 128, 256, 768};
      return open(edges, edge -> String.valueOf((int) edge));
    }
  };

  /** An edge as people read it. */
  private interface EdgeName {
    String of(double edge);
  }

  /**
   * One bin.
   *
   * @param label as a person reads it
   * @param low least value, inclusive; null if there is none
   * @param high the value above all in it; null if there is none
   */
  public record Bin(String label, @Nullable Double low, @Nullable Double high) {}

  private static final int TAG_MASK = 0xFF;

  private final String word;
  private final String title;
  private final int shift;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody can change, of records
  private final List<Bin> bins;

  Binning(String word, String title, int shift) {
    this.word = word;
    this.title = title;
    this.shift = shift;
    this.bins = List.copyOf(define());
  }

  /** What events are sorted by, as one word. */
  public String word() {
    return word;
  }

  /** What events are sorted by, with its unit. */
  public String title() {
    return title;
  }

  /** The bins, by rising value. */
  public List<Bin> bins() {
    return bins;
  }

  /** The bins of all four ways as one number, of which {@link #binOf(int)} gives one back. */
  static int tagOf(EventTruth truth) {
    int tag = 0;
    for (Binning binning : values()) {
      // 0 stands for unknown.
      tag |= (binning.binOf(truth) + 1) << binning.shift;
    }
    return tag;
  }

  /** The bin that a tag tells, from 0; −1 if it is not known. */
  int binOf(int tag) {
    return ((tag >>> shift) & TAG_MASK) - 1;
  }

  /** The bin an event belongs to, from 0; −1 if the value it needs is not known. */
  int binOf(EventTruth truth) {
    double value = valueOf(truth);
    if (Double.isNaN(value)) {
      return -1;
    }
    int bin = bins.size() - 1;
    while (bin > 0 && value < lowOf(bin)) {
      bin--;
    }
    return bin;
  }

  private double lowOf(int bin) {
    Double low = bins.get(bin).low();
    return low == null ? Double.NEGATIVE_INFINITY : low;
  }

  /** NaN if the truth does not tell. */
  abstract double valueOf(EventTruth truth);

  abstract List<Bin> define();

  private static List<Bin> open(double[] edges, EdgeName name) {
    List<Bin> bins = new ArrayList<>();
    bins.add(new Bin("below " + name.of(edges[0]), null, edges[0]));
    for (int i = 1; i < edges.length; i++) {
      bins.add(new Bin(name.of(edges[i - 1]) + " to " + name.of(edges[i]), edges[i - 1], edges[i]));
    }
    double last = edges[edges.length - 1];
    bins.add(new Bin(name.of(last) + " and above", last, null));
    return bins;
  }

  /** For example {@code 316} or {@code 3.16e5}. */
  private static String energy(double edgeGev) {
    int decade = (int) Math.floor(Math.log10(edgeGev) + 1e-9);
    double mantissa = edgeGev / Math.pow(10, decade);
    boolean isWhole = mantissa < 1.001;
    return isWhole ? "1e" + decade : String.format(Locale.ROOT, "%.2fe%d", mantissa, decade);
  }
}
