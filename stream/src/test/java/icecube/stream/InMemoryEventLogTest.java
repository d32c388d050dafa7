// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.time.Duration;
import java.util.List;
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
  List<String> deliver(String group, int countMax) {
    return partition().look(state -> ids(state.predictions.deliver(group, countMax)));
  }

  @Override
  List<String> deliverLetters(String group, int countMax) {
    return partition().look(state -> ids(state.deadLetters.deliver(group, countMax)));
  }

  private static List<String> ids(List<PublishedEntry> entries) {
    return entries.stream().map(PublishedEntry::id).toList();
  }

  @Override
  void acknowledge(String group, String id) {
    boolean unused =
        partition()
            .look(
                state -> {
                  state.predictions.acknowledge(group, id);
                  return true;
                });
  }

  private InMemoryPartition partition() {
    return ((InMemoryEventLog) log).partition(0);
  }

  @Override
  int historyCount() {
    return Integer.getInteger("icecube.histories", 300);
  }
}
