// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What every event log does; each implementation runs all of it. */
abstract class EventLogContract extends TraceContextContract {
  /** How many random histories to try. */
  int historyCount() {
    return Integer.getInteger("icecube.histories", 3);
  }

  @Test
  void digestsAreSumsModuloTwoToTheThirtyTwo() {
    long max = 0xFFFF_FFFFL;
    var large = new EventEntry(new byte[] {1}, 1, new EventDigest(max, max - 1));
    long epoch = log.openProducer(0, SOURCE).epoch();

    log.append(0, epoch, 1, List.of(large, large, large), BACKLOG_MAX);
    log.append(0, epoch, 4, List.of(large), BACKLOG_MAX);

    assertThat(log.account(0).emittedDigest()).isEqualTo(new EventDigest(max - 3, max - 7));
  }

  @Test
  void balanceHoldsAtEveryStepOfAnyHistory() {
    long seedFirst = Long.getLong("icecube.seed", 0x5eedL);
    for (int history = 0; history < historyCount(); history++) {
      try (var fresh = open(2)) {
        log.close();
        log = fresh;
        new RandomHistory(this, seedFirst + history).run();
      }
    }
  }
}
