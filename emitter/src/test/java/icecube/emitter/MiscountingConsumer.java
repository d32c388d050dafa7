// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.stream.Completion;
import icecube.stream.EventDigest;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import java.time.Duration;

/** A consumer that publishes every entry under a wrong digest, as corrupted bytes would. */
final class MiscountingConsumer {
  private final EventLog log;

  MiscountingConsumer(EventLog log) {
    this.log = log;
  }

  void drain() {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      try (var reader = log.openReader(partition, "miscounting")) {
        for (var entry : reader.readNew(1_000, Duration.ZERO)) {
          var part = new OutcomePart(entry.payload(), entry.eventCount(), EventDigest.ZERO);
          var unused =
              log.complete(
                  partition,
                  new Completion("miscounting", entry.id(), false, part, OutcomePart.NONE));
        }
      }
    }
  }
}
