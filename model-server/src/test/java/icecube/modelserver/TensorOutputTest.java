// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TensorOutputTest {
  private static final TensorSpec OPEN =
      new TensorSpec("y", OipDatatype.UINT8, List.of(-1L, -1L, 2L, -1L), TensorSpec.NOT_RAGGED);

  @Test
  void itemsOfAnyShapeArePaddedWithZerosToTheLongestOfEachAxis() {
    var random = new SplittableRandom(11);
    for (int trial = 0; trial < 200; trial++) {
      int items = 1 + random.nextInt(5);
      var output = new TensorOutput(OPEN, items);
      var lengths = new ArrayList<int[]>();
      int rowsMax = 0;
      int columnsMax = 0;
      for (int item = 0; item < items; item++) {
        int rows = random.nextInt(4);
        int columns = random.nextInt(4);
        lengths.add(new int[] {rows, columns});
        rowsMax = Math.max(rowsMax, rows);
        columnsMax = Math.max(columnsMax, columns);
        byte[] bytes = new byte[rows * 2 * columns];
        for (int at = 0; at < bytes.length; at++) {
          bytes[at] = (byte) (1 + at);
        }
        output.take(item, new long[] {7, rows, 2, columns}, ByteBuffer.wrap(bytes));
      }

      var response = ModelInferResponse.newBuilder();
      output.addTo(response);

      assertThat(response.getOutputs(0).getShapeList())
          .containsExactly((long) items, (long) rowsMax, 2L, (long) columnsMax);
      var padded = response.getRawOutputContents(0);
      int at = 0;
      for (int[] length : lengths) {
        for (int row = 0; row < rowsMax; row++) {
          for (int pair = 0; pair < 2; pair++) {
            for (int column = 0; column < columnsMax; column++) {
              boolean isThere = row < length[0] && column < length[1];
              int wanted = isThere ? 1 + (row * 2 + pair) * length[1] + column : 0;
              assertThat(padded.byteAt(at++)).isEqualTo((byte) wanted);
            }
          }
        }
      }
      assertThat(padded.size()).isEqualTo(at);
    }
  }

  @Test
  void anItemThatNeverRanIsZeros() {
    var output = new TensorOutput(OPEN, 2);
    output.take(1, new long[] {1, 1, 2, 1}, ByteBuffer.wrap(new byte[] {8, 9}));

    var response = ModelInferResponse.newBuilder();
    output.addTo(response);

    assertThat(response.getRawOutputContents(0).toByteArray()).containsExactly(0, 0, 8, 9);
  }

  @Test
  void anItemThatIsRunAgainCountsOnce() {
    var output = new TensorOutput(OPEN, 2);
    int size = 40 << 20;
    for (int run = 0; run < 3; run++) {
      output.take(0, new long[] {1, size / 2, 2, 1}, ByteBuffer.allocate(size));
    }

    assertThatThrownBy(
            () -> output.take(1, new long[] {1, size / 2, 2, 1}, ByteBuffer.allocate(size)))
        .hasMessageStartingWith("outputs[y]: 83886080 bytes (expected: at most 67108864)");
  }

  @Test
  void aFixedAnswerTooLargeIsRefusedBeforeAnyRun() {
    var spec = TensorSpec.dense("y", OipDatatype.FP64, -1L, 1L << 20);

    assertThatThrownBy(() -> new TensorOutput(spec, 9))
        .hasMessage(
            "outputs[y]: 75497472 bytes (expected: at most 67108864); send fewer items a request")
        .isInstanceOfSatisfying(
            ReasonException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.REASON_REQUEST_TOO_LARGE));
  }
}
