// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A way to disturb an event. The same event and seed give the same disturbed event, in whatever
 * order events come; what comes out is sound if what goes in is, or has no pulse left.
 * Implementations are immutable and thread-safe.
 */
public interface Perturbation {
  /** What is done, with its size and unit, as a table has it. */
  String name();

  /** The pulses as they are afterwards, sorted by time; chance comes from {@code random} alone. */
  PulseSeries perturb(PulseSeries pulses, RandomGenerator random);

  /** Where the neutrino of a disturbed event came from; the same unless the array was turned. */
  default Direction truth(Direction truth) {
    return truth;
  }

  /** Where the sensors are for a disturbed event; the same unless the array was turned. */
  default DetectorGeometry geometry(DetectorGeometry geometry) {
    return geometry;
  }

  /** The disturbed event, with the id of the undisturbed one. */
  default Event perturb(Event event, long seed) {
    // The id is mixed first: sequences that begin a multiple of SplittableRandom's own step apart
    // are the same one, shifted.
    long mixedId = new SplittableRandom(event.id()).nextLong();
    long mixedBoth = new SplittableRandom(mixedId + seed).nextLong();
    return new Event(event.id(), perturb(event.pulses(), new SplittableRandom(mixedBoth)));
  }

  /**
   * The disturbances that robustness is measured with, in the order of its table. The sizes of the
   * first two are where the error of the competition's best models began to rise (IceMix,
   * arXiv:2310.15674).
   */
  static List<Perturbation> standard(DetectorGeometry geometry) {
    return List.of(
        new TimeJitter(10),
        new ChargeNoise(0.4),
        new AuxiliaryFlips(0.1),
        new DroppedPulses(0.1),
        new DeadSensors(0.1),
        new DeadStrings(5, geometry),
        ArrayTurn.ofSixth(geometry),
        new TimeOffset(5_000));
  }
}
