// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
import icecube.v1.Model;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A model that answers (0, 0, 1) once the test lets it, but breaks on event id 666 with an
 * exception and on 667 with an error.
 */
final class GatePredictor implements Predictor {
  static final long BREAKS = 666;
  static final long BREAKS_BADLY = 667;

  private final Semaphore permits;
  private final LongAdder runs = new LongAdder();
  final Semaphore entered = new Semaphore(0);
  volatile boolean closed;

  /** A gate that is open from the start lets everyone through. */
  GatePredictor(boolean open) {
    permits = new Semaphore(open ? Integer.MAX_VALUE / 2 : 0);
  }

  ServedModel served(String name) {
    return ServedModel.ready(name, "1", Model.Runtime.RUNTIME_JAVA, "", "A gate.", this);
  }

  void letThrough(int requests) {
    permits.release(requests);
  }

  @Override
  public Answers predict(FeatureTable table) {
    runs.increment();
    entered.release();
    try {
      if (!permits.tryAcquire(30, TimeUnit.SECONDS)) {
        throw new PredictorException("gate: never opened (expected: the test opens it)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PredictorException("gate: interrupted", e);
    }
    var answers = new Answers(table.eventCount());
    for (int event = 0; event < table.eventCount(); event++) {
      if (table.eventId(event) == BREAKS) {
        throw new IllegalStateException("event 666");
      }
      if (table.eventId(event) == BREAKS_BADLY) {
        throw new StackOverflowError("event 667");
      }
      answers.setVector(event, 0, 0, 1);
    }
    return answers;
  }

  @Override
  public long runCount() {
    return runs.sum();
  }

  @Override
  public int rowCountMax() {
    return 768;
  }

  @Override
  public void close() {
    closed = true;
  }
}
