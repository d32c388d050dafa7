// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.v1.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A direction model that answers (0, 0, 1) once the test lets the batch through, but breaks on
 * event id 666 with an exception and on 667 with an error.
 */
final class GateModel implements InferenceModel {
  static final long BREAKS = 666;
  static final long BREAKS_BADLY = 667;

  private static final long[] DIMS = {1, 3};

  private final Semaphore permits;
  private final float[] direction;
  private volatile boolean isBroken;
  private final LongAdder runs = new LongAdder();
  final Semaphore entered = new Semaphore(0);
  volatile boolean closed;

  /** A gate that is open from the start lets everyone through. */
  GateModel(boolean open) {
    this(open, 0, 0, 1);
  }

  /** One that answers (x, y, z). */
  GateModel(boolean open, float x, float y, float z) {
    permits = new Semaphore(open ? Integer.MAX_VALUE / 2 : 0);
    direction = new float[] {x, y, z};
  }

  /** Every batch that is let through fails. */
  void breakFromNowOn() {
    isBroken = true;
  }

  ServedModel served(String name) {
    return served(name, "1");
  }

  ServedModel served(String name, String version) {
    return ServedModel.ready(name, version, Model.Runtime.RUNTIME_JAVA, "", "A gate.", this);
  }

  void letThrough(int batches) {
    permits.release(batches);
  }

  @Override
  public void run(MicroBatch batch) {
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
    if (isBroken) {
      throw new IllegalStateException("broken");
    }
    var said = ByteBuffer.allocate(3 * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int index = 0; index < batch.itemCount(); index++) {
      if (batch.task(index) instanceof DirectionTask events) {
        breakOn(events.table().eventId(batch.item(index)));
      }
      said.clear().putFloat(direction[0]).putFloat(direction[1]).putFloat(direction[2]).flip();
      batch.task(index).readOutput(DirectionTask.DIRECTION, batch.item(index), DIMS, said);
    }
  }

  private static void breakOn(long eventId) {
    if (eventId == BREAKS) {
      throw new IllegalStateException("event 666");
    }
    if (eventId == BREAKS_BADLY) {
      throw new StackOverflowError("event 667");
    }
  }

  @Override
  public ModelSignature signature() {
    return ModelSignature.DIRECTION;
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
