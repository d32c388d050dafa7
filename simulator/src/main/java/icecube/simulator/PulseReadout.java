// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.EventDefect;
import icecube.physics.PulseSeries;
import java.util.Arrays;

/**
 * The last step from launches to the recorded columns: photons merged into pulses, cut to the
 * readout window, shifted, rounded and sorted.
 *
 * <p>An HLC launch is read out in full: photons within {@value #FINE_NS} ns become one pulse during
 * its first 427 ns (fast digitiser), within {@value #COARSE_NS} ns after (slow one). Any other
 * launch keeps charge stamps: one pulse for each {@value #STAMP_NS} ns that a photon above
 * threshold begins. The window runs from 4 µs before the trigger to 6 µs after its last launch; an
 * HLC launch that begins in it is read out to its end, of any other launch what lies in it. Charge
 * comes in steps 0.025 + 0.05 k p.e. (SuperDST), time in whole ns. Reused; confined to one thread.
 */
final class PulseReadout {
  /** Where the trigger comes to stand in the event's own time, ns. */
  static final double TRIGGER_NS = 9_863;

  /** The trigger is stamped by a 40 MHz clock; pulses are not. */
  static final double CLOCK_NS = 25;

  static final double BEFORE_NS = 4_000;
  static final double AFTER_NS = 6_000;
  static final double FINE_NS = 8;
  static final double COARSE_NS = 25;
  static final double STAMP_NS = 75;
  private static final double FAST_DIGITIZER_NS = 427;

  static final double CHARGE_STEP_PE = 0.05;
  static final double CHARGE_OFFSET_PE = 0.025;

  /** Largest charge of one pulse: the tube saturates; the largest seen in batch 1 is 2,762. */
  static final double CHARGE_MAX_PE = 2_750;

  private final SensorArray sensors;
  private long[] order = new long[256];
  private int[] slot = new int[256];
  private double[] charge = new double[256];
  private boolean[] auxiliary = new boolean[256];
  private int count;

  PulseReadout(SensorArray sensors) {
    this.sensors = sensors;
  }

  /**
   * Reads out the window around a triggered span.
   *
   * @param clockNs how long the trigger waits for the clock's edge, 0..{@value #CLOCK_NS}
   */
  PulseSeries read(
      LaunchTable launches, PhotonBuffer photons, double firstNs, double lastNs, double clockNs) {
    double shiftNs = TRIGGER_NS + clockNs - firstNs;
    double coarsening = 1;
    do {
      count = 0;
      for (int launch = 0; launch < launches.count(); launch++) {
        readLaunch(launches, launch, photons, firstNs, lastNs, shiftNs, coarsening);
      }
      // An event beyond what may be recorded is read out more coarsely, never cut.
      coarsening *= 2;
    } while (count > EventDefect.PULSE_COUNT_MAX && coarsening <= 256);
    count = Math.min(count, EventDefect.PULSE_COUNT_MAX);
    return sorted();
  }

  private void readLaunch(
      LaunchTable launches,
      int launch,
      PhotonBuffer photons,
      double firstNs,
      double lastNs,
      double shiftNs,
      double coarsening) {
    double startNs = launches.timeNs(launch);
    int launchSlot = launches.slot(launch);
    boolean isHlc = launches.isHlc(launch);
    boolean isWhole = isHlc && startNs >= firstNs - BEFORE_NS && startNs <= lastNs + AFTER_NS;
    double endNs = startNs + LaunchTable.LAUNCH_NS;
    double pulseNs = Double.NEGATIVE_INFINITY;
    for (int photon = launches.firstPhoton(launch); photon < photons.count(); photon++) {
      double timeNs = photons.timeNs(photon);
      if (photons.slot(photon) != launchSlot || timeNs >= endNs) {
        return;
      }
      boolean isFine = timeNs - startNs < FAST_DIGITIZER_NS;
      double widthNs = (!isHlc ? STAMP_NS : isFine ? FINE_NS : COARSE_NS) * coarsening;
      if (timeNs - pulseNs < widthNs) {
        charge[count - 1] += launches.chargePe(photon);
      } else if (isWhole
          || (!isHlc
              && timeNs >= firstNs - BEFORE_NS
              && timeNs <= lastNs + AFTER_NS
              && launches.chargePe(photon) >= SensorResponse.THRESHOLD_PE)) {
        add(launchSlot, timeNs + shiftNs, launches.chargePe(photon), !isHlc);
        pulseNs = timeNs;
      }
    }
  }

  private void add(int pulseSlot, double timeNs, double chargePe, boolean isAuxiliary) {
    if (count == order.length) {
      order = Arrays.copyOf(order, count * 2);
      slot = Arrays.copyOf(slot, count * 2);
      charge = Arrays.copyOf(charge, count * 2);
      auxiliary = Arrays.copyOf(auxiliary, count * 2);
    }
    // Times are positive and below 2^24 ns: the window starts at 5,863 ns.
    order[count] = (long) Math.floor(timeNs + 0.5) << Integer.SIZE | count;
    slot[count] = pulseSlot;
    charge[count] = chargePe;
    auxiliary[count] = isAuxiliary;
    count++;
  }

  private PulseSeries sorted() {
    Arrays.sort(order, 0, count);
    int[] sensorId = new int[count];
    float[] timeNs = new float[count];
    float[] chargePe = new float[count];
    boolean[] isAuxiliary = new boolean[count];
    for (int index = 0; index < count; index++) {
      int pulse = (int) order[index];
      sensorId[index] = sensors.sensorId(slot[pulse]);
      timeNs[index] = order[index] >> Integer.SIZE;
      chargePe[index] = quantise(charge[pulse]);
      isAuxiliary[index] = auxiliary[pulse];
    }
    return PulseSeries.of(sensorId, timeNs, chargePe, isAuxiliary);
  }

  /** The nearest 0.025 + 0.05 k with k ≥ 0, below the saturation. */
  static float quantise(double chargePe) {
    double steps = Math.floor(Math.min(chargePe, CHARGE_MAX_PE) / CHARGE_STEP_PE);
    return (float) (CHARGE_OFFSET_PE + CHARGE_STEP_PE * steps);
  }
}
