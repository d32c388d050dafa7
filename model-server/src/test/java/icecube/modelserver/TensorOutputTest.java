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
  void anItemThatIsRunAgainIsReplaced() {
    var output = new TensorOutput(OPEN, 2);
    for (byte run = 1; run <= 3; run++) {
      output.take(0, new long[] {1, 1, 2, 1}, ByteBuffer.wrap(new byte[] {run, run}));
    }

    var response = ModelInferResponse.newBuilder();
    output.addTo(response);

    assertThat(response.getRawOutputContents(0).toByteArray()).containsExactly(3, 3, 0, 0);
  }

  @Test
  void anItemToWhichTheOthersCannotBePaddedIsRefusedBeforeItIsCopied() {
    var output = new TensorOutput(OPEN, 2);
    long rows = 16 << 20;
    output.requireFew(new long[] {1, rows, 2, 1});
    // Nothing stands in the buffer: who read it would fail otherwise.
    var nothing = ByteBuffer.allocate(0);

    assertThatThrownBy(() -> output.take(1, new long[] {1, rows + 1, 2, 1}, nothing))
        .hasMessage(
            "outputs[y]: 67108868 bytes (expected: at most 67108864); send fewer items a request");
  }

  @Test
  void itemsLongAlongDifferentAxesAreRefusedBeforeTheyArePadded() {
    var output = new TensorOutput(OPEN, 2);
    output.take(0, new long[] {1, 1 << 14, 2, 1}, ByteBuffer.allocate(2 << 14));
    output.take(1, new long[] {1, 1, 2, 1 << 14}, ByteBuffer.allocate(2 << 14));

    assertThatThrownBy(() -> output.addTo(ModelInferResponse.newBuilder()))
        .hasMessageStartingWith("outputs[y]: 1073741824 bytes (expected: at most 67108864)");
  }

  @Test
  void emptyItemsOfAbsurdShapesAreRefusedToo() {
    var output = new TensorOutput(OPEN, 2);
    var nothing = ByteBuffer.allocate(0);
    output.take(0, new long[] {1, 1L << 40, 2, 0}, nothing);
    output.take(1, new long[] {1, 0, 2, 1L << 40}, nothing);

    assertThatThrownBy(() -> output.addTo(ModelInferResponse.newBuilder()))
        .hasMessageEndingWith("(expected: at most 67108864); send fewer items a request");
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
