// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import com.google.protobuf.UnsafeByteOperations;
import icecube.physics.FeatureTable;
import icecube.v1.FeatureBatch;
import icecube.v1.PredictRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Random events as features, for {@code Predict}: positions and charges in (-1, 1), times not
 * decreasing within an event, the last column 0 or 1. Stateless.
 */
final class FeatureRequests {
  private static final int TIME_COLUMN = 3;

  /** Such ids stay exact in a double, as in the tools that read them. */
  private static final long EVENT_ID_LIMIT = 1L << 52;

  private FeatureRequests() {}

  /**
   * A request for the model with events of these lengths, without an id. The events' ids differ
   * from request to request, as servers may choose a version by them.
   */
  static PredictRequest draw(
      String model, String version, int[] rows, Duration timeout, SplittableRandom random) {
    var batch = FeatureBatch.newBuilder().setFeatureVersion(FeatureTable.VERSION);
    int rowsTotal = 0;
    long firstEventId = random.nextLong(EVENT_ID_LIMIT);
    for (int event = 0; event < rows.length; event++) {
      batch.addEventId(firstEventId + event).addRowCount(rows[event]).addPulsesSeen(rows[event]);
      batch.addQualityBits(0);
      rowsTotal += rows[event];
    }
    byte[] bytes = new byte[rowsTotal * FeatureTable.COLUMN_COUNT * Float.BYTES];
    var target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int eventRows : rows) {
      for (int row = 0; row < eventRows; row++) {
        putRow(target, (float) row / eventRows, random);
      }
    }
    // Safe: nobody else holds the array.
    batch.setRows(UnsafeByteOperations.unsafeWrap(bytes));
    return PredictRequest.newBuilder()
        .setModelName(model)
        .setModelVersion(version)
        .setTimeoutMs((int) Math.min(Integer.MAX_VALUE, timeout.toMillis()))
        .setFeatures(batch)
        .build();
  }

  private static void putRow(ByteBuffer target, float time, SplittableRandom random) {
    for (int column = 0; column < FeatureTable.COLUMN_COUNT - 1; column++) {
      target.putFloat(column == TIME_COLUMN ? time : (float) (2 * random.nextDouble() - 1));
    }
    target.putFloat(random.nextInt(2));
  }
}
