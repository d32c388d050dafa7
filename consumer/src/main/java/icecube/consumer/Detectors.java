// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.physics.DetectorGeometry;
import icecube.physics.FeatureBuilder;
import icecube.physics.IceCube86;
import icecube.proto.ReasonException;
import icecube.stream.EventLog;
import icecube.v1.Reason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The detectors that entries name by hash, found in the log once and kept, {@value #KEPT_MAX} at
 * most.
 *
 * <p>Thread-safe.
 */
final class Detectors {
  /** A stream has one detector; several only while one is being replaced. */
  static final int KEPT_MAX = 16;

  private final EventLog log;
  private final int rowCountMax;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  Detectors(EventLog log, int rowCountMax) {
    this.log = log;
    this.rowCountMax = rowCountMax;
  }

  /**
   * The detector with this hash; the built-in one if the hash is empty.
   *
   * @throws ReasonException {@code DETECTOR_UNKNOWN} if the log does not hold it (yet)
   * @throws icecube.stream.EventLogException if the log does not answer
   */
  Known find(String hash) {
    Known found = known.get(hash);
    if (found != null) {
      return found;
    }
    DetectorGeometry geometry =
        hash.isEmpty()
            ? IceCube86.geometry()
            : log.geometry(hash)
                .orElseThrow(
                    () ->
                        new ReasonException(
                            Reason.REASON_DETECTOR_UNKNOWN,
                            "geometry_hash: %s (expected: one kept in the event log); start the emitter again, it keeps it there"
                                .formatted(hash)));
    var fresh = new Known(geometry, new FeatureBuilder(geometry, rowCountMax));
    if (known.size() >= KEPT_MAX) {
      known.clear();
    }
    known.put(hash, fresh);
    return fresh;
  }

  /**
   * A detector and what makes features of its events.
   *
   * @param geometry the detector
   * @param features bound to it
   */
  record Known(DetectorGeometry geometry, FeatureBuilder features) {}
}
