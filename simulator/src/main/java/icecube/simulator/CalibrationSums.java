// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.AngularError;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.FeatureBuilder;
import icecube.physics.LineFit;
import icecube.physics.PulseSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What {@link Calibration} counts of its events. Confined to one thread. */
final class CalibrationSums {
  private static final double SHARE = 0.10;
  private static final double FAR_TAIL_SHARE = 0.25;
  private static final double LINE_FIT_RAD = 0.05;

  private static final double[] QUANTILES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
  private static final double[] PULSES = {30, 36, 48, 63, 89, 144, 219, 1_130, 19_553};
  private static final double[] DURATION_NS = {
    8_408, 9_114, 9_990, 10_965, 12_431, 14_426, 17_532, 21_872, 28_156
  };
  private static final double PULSES_MEAN = 164;
  private static final double[] QUARTILES = {0.25, 0.5, 0.75};
  private static final double[] CHARGE_PE = {0.775, 1.075, 1.775};
  private static final double CHARGE_MEAN_PE = 3.91;
  private static final double[] FIRST_NS = {5_973, 6_129, 6_405};
  private static final double[] ZENITH_RAD = {1.005, 1.527, 2.055};

  /** The middle of the estimate of 60 to 65 %. */
  private static final double AUXILIARY_SHARE = 0.625;

  private static final double AUXILIARY_SHARE_OF_ALL = 0.28;
  private static final double PLAIN_LINE_FIT_RAD = 1.217;

  private final FeatureBuilder features;
  private final LineFit plain = LineFit.plain();
  private final double[] pulses;
  private final double[] durationNs;
  private final double[] auxiliaryShare;
  private final double[] firstNs;
  private final double[] zenithRad;

  /** Pulses by charge step: charges come in steps, so that quantiles of all pulses are exact. */
  private final long[] chargeSteps =
      new long[(int) Math.ceil(PulseReadout.CHARGE_MAX_PE / PulseReadout.CHARGE_STEP_PE) + 2];

  private int count;
  private long pulseCount;
  private long auxiliaryCount;
  private double chargeSumPe;
  private double lineFitSumRad;

  CalibrationSums(DetectorGeometry geometry, int eventCount) {
    features = new FeatureBuilder(geometry, FeatureBuilder.ROW_COUNT_MAX);
    pulses = new double[eventCount];
    durationNs = new double[eventCount];
    auxiliaryShare = new double[eventCount];
    firstNs = new double[eventCount];
    zenithRad = new double[eventCount];
  }

  void add(SimulatedEvent event) {
    PulseSeries series = event.event().pulses();
    int size = series.count();
    int auxiliary = 0;
    for (int pulse = 0; pulse < size; pulse++) {
      auxiliary += series.auxiliary(pulse) ? 1 : 0;
      addCharge(series.chargePe(pulse));
    }
    pulses[count] = size;
    durationNs[count] = series.timeNs(size - 1) - (double) series.timeNs(0);
    auxiliaryShare[count] = auxiliary / (double) size;
    firstNs[count] = series.timeNs(0);
    zenithRad[count] = event.truth().zenithRad();
    count++;
    pulseCount += size;
    auxiliaryCount += auxiliary;
    var direction =
        plain.fit(features.build(List.of(event.event())), 0).orElse(Direction.NO_DIRECTION);
    lineFitSumRad += AngularError.kaggleRad(direction, event.truth());
  }

  private void addCharge(double chargePe) {
    int step = (int) (chargePe / PulseReadout.CHARGE_STEP_PE);
    chargeSteps[Math.min(step, chargeSteps.length - 1)]++;
    chargeSumPe += chargePe;
  }

  List<CalibrationRow> rows() {
    var rows = new ArrayList<CalibrationRow>();
    for (int at = 0; at < QUANTILES.length; at++) {
      double q = QUANTILES[at];
      String name = "pulses " + percent(q);
      double simulated = quantile(pulses, q);
      if (q >= 0.05 && q <= 0.95) {
        rows.add(CalibrationRow.within(name, PULSES[at], simulated, SHARE));
      } else if (q == 0.99) {
        rows.add(CalibrationRow.within(name, PULSES[at], simulated, FAR_TAIL_SHARE));
      } else {
        rows.add(CalibrationRow.watched(name, PULSES[at], simulated));
      }
    }
    rows.add(CalibrationRow.watched("pulses, mean", PULSES_MEAN, pulseCount / (double) count));
    for (int at = 0; at < QUANTILES.length; at++) {
      double q = QUANTILES[at];
      String name = "duration " + percent(q) + ", ns";
      double simulated = quantile(durationNs, q);
      boolean isWatched = q < 0.05 || q > 0.95;
      rows.add(
          isWatched
              ? CalibrationRow.watched(name, DURATION_NS[at], simulated)
              : CalibrationRow.within(name, DURATION_NS[at], simulated, SHARE));
    }
    addShares(rows);
    for (int at = 0; at < QUARTILES.length; at++) {
      String name = "charge " + percent(QUARTILES[at]) + ", p.e.";
      rows.add(CalibrationRow.within(name, CHARGE_PE[at], chargeQuantilePe(QUARTILES[at]), SHARE));
    }
    rows.add(
        CalibrationRow.watched("charge, mean, p.e.", CHARGE_MEAN_PE, chargeSumPe / pulseCount));
    watchQuartiles(rows, "first pulse %s, ns", FIRST_NS, firstNs);
    watchQuartiles(rows, "zenith %s, rad", ZENITH_RAD, zenithRad);
    rows.add(
        new CalibrationRow(
            "plain line fit, mean error, rad",
            PLAIN_LINE_FIT_RAD,
            lineFitSumRad / count,
            PLAIN_LINE_FIT_RAD - LINE_FIT_RAD,
            PLAIN_LINE_FIT_RAD + LINE_FIT_RAD));
    return rows;
  }

  private void addShares(List<CalibrationRow> rows) {
    rows.add(
        CalibrationRow.within(
            "auxiliary share of an event, p50",
            AUXILIARY_SHARE,
            quantile(auxiliaryShare, 0.5),
            SHARE));
    rows.add(
        CalibrationRow.watched(
            "auxiliary share of all pulses",
            AUXILIARY_SHARE_OF_ALL,
            auxiliaryCount / (double) pulseCount));
  }

  private void watchQuartiles(
      List<CalibrationRow> rows, String name, double[] published, double[] values) {
    for (int at = 0; at < QUARTILES.length; at++) {
      rows.add(
          CalibrationRow.watched(
              name.formatted(percent(QUARTILES[at])),
              published[at],
              quantile(values, QUARTILES[at])));
    }
  }

  private static String percent(double quantile) {
    return quantile == 0.999 ? "p99.9" : "p" + Math.round(100 * quantile);
  }

  /** The value that a share of the events lies below. */
  private double quantile(double[] values, double share) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[(int) (share * count)];
  }

  private double chargeQuantilePe(double share) {
    long below = 0;
    int step = 0;
    while (step < chargeSteps.length - 1 && below + chargeSteps[step] <= share * pulseCount) {
      below += chargeSteps[step++];
    }
    return PulseReadout.CHARGE_OFFSET_PE + PulseReadout.CHARGE_STEP_PE * step;
  }
}
