// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.stream.EventLogException;
import icecube.stream.InMemoryEventLog;
import icecube.stream.PartitionAccount;
import icecube.testkit.ForwardingEventLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A log behind a bad network and on a bad disk: requests are dropped, answered with a failure
 * though they were done, done twice, done again much later, and now and then a partition forgets
 * what came last. All of it follows from the seed.
 */
final class FaultyEventLog extends ForwardingEventLog {
  private static final int LATE_MAX = 8;

  private final InMemoryEventLog log;
  private final Random random;
  private final double faultRate;
  private final Deque<Supplier<?>> late = new ArrayDeque<>();
  private final List<InMemoryEventLog.@Nullable Image> images = new ArrayList<>();
  private boolean isCalm;
  private boolean isAccount;

  FaultyEventLog(InMemoryEventLog log, long seed, double faultRate) {
    super(log);
    this.log = log;
    this.random = new Random(seed);
    this.faultRate = faultRate;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      images.add(null);
    }
  }

  /** From now on everything works. */
  void calmDown() {
    isCalm = true;
  }

  /** What is forgotten after the last look at the accounts, nobody could send again. */
  @Override
  public PartitionAccount account(int partition) {
    isAccount = true;
    try {
      return super.account(partition);
    } finally {
      isAccount = false;
    }
  }

  @Override
  protected <T> T around(Supplier<T> operation) {
    if (isCalm) {
      return operation.get();
    }
    if (random.nextDouble() < faultRate && !late.isEmpty()) {
      Object unused = late.removeFirst().get();
    }
    if (!isAccount) {
      forgetSometimes();
    }
    if (random.nextDouble() >= faultRate) {
      return operation.get();
    }
    return switch (random.nextInt(4)) {
      case 0 -> throw new EventLogException("test: dropped");
      case 1 -> {
        T unused = operation.get();
        throw new EventLogException("test: done, and the answer dropped");
      }
      case 2 -> {
        if (late.size() < LATE_MAX) {
          late.addLast(operation);
        }
        throw new EventLogException("test: comes late");
      }
      default -> {
        T unused = operation.get();
        yield operation.get();
      }
    };
  }

  private void forgetSometimes() {
    int partition = random.nextInt(images.size());
    double dice = random.nextDouble();
    if (dice < faultRate / 2) {
      images.set(partition, log.image(partition));
    } else if (dice < faultRate) {
      var image = images.get(partition);
      if (image != null) {
        log.restore(partition, image);
      }
    }
  }
}
