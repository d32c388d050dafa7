// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import java.util.Arrays;

/**
 * The readouts ("launches") of an event's sensors and which of them are in hard local coincidence.
 *
 * <p>A photon above threshold starts a launch of {@value #LAUNCH_NS} ns. A launch is HLC if one of
 * the two nearest sensors above or below on its string launches within ±{@value #HLC_NS} ns
 * (arXiv:1612.05093). Launches stand by slot, then time. Reused; confined to one thread.
 */
final class LaunchTable {
  /** Length of a launch, ns; then the sensor is ready again. */
  static final double LAUNCH_NS = 6_400;

  /** Neighbours' launches this near in time confirm each other, ns. */
  static final double HLC_NS = 1_000;

  /** How many neighbours up and down a string count. */
  static final int HLC_SPAN = 2;

  private final SensorArray sensors;
  private float[] chargePe = new float[1024];
  private int[] firstPhoton = new int[256];
  private int[] slot = new int[256];
  private double[] timeNs = new double[256];
  private boolean[] hlc = new boolean[256];
  private int count;
  private int hlcCount;

  LaunchTable(SensorArray sensors) {
    this.sensors = sensors;
  }

  /** Rebuilds the table from sorted photons, drawing their charges. */
  void build(PhotonBuffer photons, RandomStream random) {
    int photonCount = photons.count();
    if (chargePe.length < photonCount) {
      chargePe = new float[Math.max(photonCount, chargePe.length * 2)];
    }
    count = 0;
    for (int photon = 0; photon < photonCount; photon++) {
      double charge = SensorResponse.chargePe(random, photons.weight(photon));
      chargePe[photon] = (float) charge;
      int photonSlot = photons.slot(photon);
      double time = photons.timeNs(photon);
      boolean isBusy =
          count > 0 && slot[count - 1] == photonSlot && time < timeNs[count - 1] + LAUNCH_NS;
      if (!isBusy && charge >= SensorResponse.THRESHOLD_PE) {
        add(photonSlot, time, photon);
      }
    }
    markHlc();
  }

  private void add(int launchSlot, double time, int photon) {
    if (count == slot.length) {
      firstPhoton = Arrays.copyOf(firstPhoton, count * 2);
      slot = Arrays.copyOf(slot, count * 2);
      timeNs = Arrays.copyOf(timeNs, count * 2);
      hlc = Arrays.copyOf(hlc, count * 2);
    }
    firstPhoton[count] = photon;
    slot[count] = launchSlot;
    timeNs[count] = time;
    hlc[count] = false;
    count++;
  }

  private void markHlc() {
    hlcCount = 0;
    for (int launch = 0; launch < count; launch++) {
      // Each pair is met once, from its upper launch; both get the mark.
      for (int other = launch + 1; other < count; other++) {
        if (slot[other] - slot[launch] > HLC_SPAN
            || sensors.string(slot[other]) != sensors.string(slot[launch])) {
          break;
        }
        if (slot[other] != slot[launch] && Math.abs(timeNs[other] - timeNs[launch]) <= HLC_NS) {
          hlc[launch] = true;
          hlc[other] = true;
        }
      }
      hlcCount += hlc[launch] ? 1 : 0;
    }
  }

  int count() {
    return count;
  }

  /** Number of launches in hard local coincidence. */
  int hlcCount() {
    return hlcCount;
  }

  int slot(int launch) {
    return slot[launch];
  }

  double timeNs(int launch) {
    return timeNs[launch];
  }

  boolean isHlc(int launch) {
    return hlc[launch];
  }

  /** Index of the photon that started a launch; its photons follow it. */
  int firstPhoton(int launch) {
    return firstPhoton[launch];
  }

  /** Charge drawn for a photon, p.e. */
  float chargePe(int photon) {
    return chargePe[photon];
  }
}
