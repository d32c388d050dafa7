// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

final class InMemoryEventLogTest extends EventLogContract {
  private final AtomicLong clockNanos = new AtomicLong();

  @Override
  EventLog open(int partitionCount) {
    return new InMemoryEventLog(partitionCount, clockNanos::get);
  }

  @Override
  void pass(Duration lease) {
    clockNanos.addAndGet(lease.toNanos());
  }

  @Override
  Runnable rollBackLater(int partition) {
    var memory = (InMemoryEventLog) log;
    var image = memory.image(partition);
    return () -> memory.restore(partition, image);
  }

  @Override
  int historyCount() {
    return 300;
  }
}
