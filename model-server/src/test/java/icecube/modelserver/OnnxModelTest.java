// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.v1.EventResult;
import icecube.v1.Model;
import icecube.v1.Quality;
import icecube.v1.Reason;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The ONNX path on a graph that answers with the first row, so that the test decides. */
final class OnnxModelTest {
  @Test
  void whatTheGraphSaysComesOutForEachEventOfARaggedTable() throws IOException {
    try (var echo = OnnxModel.load(echo(), 768, 1)) {
      var random = new SplittableRandom(21);
      var table = ragged(random, 300);

      var answers = DirectionTask.ask(echo, table);

      for (int event = 0; event < table.eventCount(); event++) {
        int first = table.firstRow(event);
        if (table.rowCount(event) == 0) {
          assertThat(answers.isNoDirection(event)).isTrue();
          assertThat(answers.kappa(event)).isEmpty();
        } else {
          assertThat(answers.x(event)).isEqualTo(table.value(first, 0));
          assertThat(answers.y(event)).isEqualTo(table.value(first, 1));
          assertThat(answers.z(event)).isEqualTo(table.value(first, 2));
          assertThat(answers.kappa(event)).hasValue(table.value(first, 4));
        }
      }
    }
  }

  @Test
  void anAnswerDoesNotDependOnTheNeighbours() throws IOException {
    var file = Samples.MODELS.resolve("line-fit-onnx/1/model.onnx");
    try (var fit = OnnxModel.load(Files.readAllBytes(file), 768, 1)) {
      var random = new SplittableRandom(22);
      var events = Samples.events(random, 64);
      var builder = new FeatureBuilder(Samples.GEOMETRY, 768);
      var together = DirectionTask.ask(fit, builder.build(events));

      for (int event = 0; event < events.size(); event++) {
        var alone = DirectionTask.ask(fit, builder.build(events.subList(event, event + 1)));
        assertThat(alone.x(0)).isEqualTo(together.x(event));
        assertThat(alone.y(0)).isEqualTo(together.y(event));
        assertThat(alone.z(0)).isEqualTo(together.z(event));
      }
    }
  }

  @Test
  void manyThreadsMayAskAtOnceMoreThanWerePromisedToo() throws Exception {
    var threads = Executors.newFixedThreadPool(6);
    try (var echo = OnnxModel.load(echo(), 768, 2)) {
      var asked = new ArrayList<Future<?>>();
      for (int trial = 0; trial < 60; trial++) {
        long seed = trial;
        asked.add(threads.submit((Callable<Boolean>) () -> echoes(echo, seed)));
      }
      for (Future<?> answer : asked) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(true);
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a thread was answered wrongly", e);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingWhileThreadsAskFreesNothingUnderARun() throws Exception {
    var threads = Executors.newFixedThreadPool(2);
    var echo = OnnxModel.load(echo(), 768, 2);
    try {
      var firstAnswers = new CountDownLatch(2);
      Callable<Boolean> asking =
          () -> {
            for (long seed = 0; seed < 200 && answersOrIsClosed(echo, seed); seed++) {
              firstAnswers.countDown();
            }
            return true;
          };
      var asked = List.of(threads.submit(asking), threads.submit(asking));
      assertThat(firstAnswers.await(30, TimeUnit.SECONDS)).isTrue();
      echo.close();
      for (Future<Boolean> answer : asked) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      threads.shutdownNow();
      echo.close();
    }
    assertThat(answersOrIsClosed(echo, 1)).isFalse();
  }

  private static boolean answersOrIsClosed(OnnxModel echo, long seed) {
    try {
      return echoes(echo, seed);
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("closed");
      return false;
    }
  }

  private static boolean echoes(OnnxModel echo, long seed) {
    var table = ragged(new SplittableRandom(seed), 40);
    var answers = DirectionTask.ask(echo, table);
    for (int event = 0; event < table.eventCount(); event++) {
      if (table.rowCount(event) > 0) {
        assertThat(answers.x(event)).isEqualTo(table.value(table.firstRow(event), 0));
      }
    }
    return true;
  }

  @Test
  void nothingIsCopiedOfAnAnswerThatIsTooLargeOrOfWhatNobodyWants() {
    try (var square = OnnxModel.load(square(), 1, 1)) {
      int length = 5_000; // n numbers become n * n: 100 MB
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      ask(square, 2, List.of(0, 1)); // what is made once is made
      long before = threads.getCurrentThreadAllocatedBytes();

      assertThatThrownBy(() -> ask(square, length, List.of(0, 1)))
          .hasMessageStartingWith("outputs[square]: 100000000 bytes (expected: at most 67108864)");
      ask(square, length, List.of(1));

      long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocatedBytes).isLessThan(10_000_000);
    }
  }

  private static byte[] square() {
    return new GraphWriter()
        .input("row", "float32[batch, 1, n]")
        .input("column", "float32[batch, n, 1]")
        .output("square", "float32[batch, n, n]")
        .output("same", "float32[batch, 1, n]")
        .node("MatMul", "square", "column", "row")
        .node("Identity", "same", "row")
        .write();
  }

  /** One item of {@code length} numbers as a row and as a column. */
  private static void ask(OnnxModel square, int length, List<Integer> wanted) {
    var bytes = ByteString.copyFrom(new byte[Float.BYTES * length]);
    long[] row = {1, 1, length};
    long[] column = {1, length, 1};
    var inputs =
        List.of(
            OipTensor.raw("row", OipDatatype.FP32, row, length, bytes),
            OipTensor.raw("column", OipDatatype.FP32, column, length, bytes));
    var task = new TensorTask(square.signature(), inputs, new int[] {1}, wanted);
    task.begin();
    MicroBatches.runAll(square, task);
  }

  @Test
  void kappaBringsTheRadiiItStandsFor() throws IOException {
    var prediction = judged(0, 1, 0, 50).getPrediction();

    assertThat(prediction.getKappa()).isEqualTo(50);
    // cos r = 1 + ln(1 - p)/kappa for a large kappa.
    assertThat(prediction.getRadius50Rad())
        .isCloseTo(Math.acos(1 + Math.log(0.5) / 50), within(1e-9));
    assertThat(prediction.getRadius90Rad())
        .isCloseTo(Math.acos(1 + Math.log(0.1) / 50), within(1e-9));
    assertThat(prediction.getQualityList()).isEmpty();
    assertThat(judged(0, 1, 0, 0).getPrediction().hasKappa()).isTrue();
  }

  @Test
  void aZeroVectorIsNoDirectionAndItsKappaSaysNothing() throws IOException {
    var prediction = judged(0, 0, 0, 50).getPrediction();

    assertThat(prediction.getQualityList()).containsExactly(Quality.QUALITY_NO_DIRECTION);
    assertThat(prediction.hasKappa()).isFalse();
  }

  @Test
  void whatIsNoDirectionIsTheEventsErrorAndNotItsNeighbours() throws IOException {
    for (float[] said :
        new float[][] {
          {Float.NaN, 0, 1, 1},
          {Float.POSITIVE_INFINITY, 0, 0, 1},
          {0.5f, 0.5f, 0.5f, 1},
          {0, 0, 1.01f, 1},
          {0, 0, 1, -1},
          {0, 0, 1, Float.NaN},
          {0, 0, 1, Float.POSITIVE_INFINITY},
          {0, 0, 1, Float.NEGATIVE_INFINITY}
        }) {
      var error = judged(said[0], said[1], said[2], said[3]).getError();

      assertThat(error.getReason()).isEqualTo(Reason.REASON_PREDICTION_INVALID);
      assertThat(error.getEventId()).isEqualTo(77);
      assertThat(error.getMessage()).contains("from echo/1 (expected: ");
    }
  }

  @Test
  void aVectorOfFloatRoundingIsMadeUnit() throws IOException {
    var prediction = judged(0.6f, 0, 0.8f, 1).getPrediction();

    assertThat(Math.hypot(prediction.getX(), prediction.getZ())).isCloseTo(1, within(1e-15));
  }

  @Test
  void moreRowsThanPromisedAreAProgrammersError() throws IOException {
    try (var echo = OnnxModel.load(echo(), 5, 1)) {
      var table = table(new int[] {6});

      assertThatThrownBy(() -> DirectionTask.ask(echo, table))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("row_count: 6 (expected: 1..5)");
    }
  }

  @Test
  void anotherSignatureIsServedButIsNoDirectionModels() throws IOException {
    for (String name : new String[] {"features", "lengths", "direction", "kappa"}) {
      var other = name.substring(0, name.length() - 1) + "q";

      try (var model = OnnxModel.load(renamed(echo(), name, other), 768, 1)) {
        assertThat(model.signature().isOfDirections()).isFalse();
        assertThat(model.signature().toString()).contains(other + " ");
      }
    }
  }

  @Test
  void garbageIsRefused() {
    for (byte[] file :
        new byte[][] {{}, {1, 2, 3}, "not a model".getBytes(StandardCharsets.UTF_8)}) {
      assertThatThrownBy(() -> OnnxModel.load(file, 768, 1))
          .isInstanceOf(PredictorException.class)
          .hasMessageStartingWith("model.onnx: ");
    }
  }

  private static EventResult judged(float x, float y, float z, float kappa) throws IOException {
    float[] rows = {x, y, z, 0, kappa, 0, 0, 0, 1, 0, 1, 0};
    var table =
        FeatureTable.owning(
            new long[] {77, 78}, new int[] {1, 1}, new int[] {1, 1}, new int[2], rows);
    try (var echo =
        ServedModel.ready(
            "echo", "1", Model.Runtime.RUNTIME_ONNX, "", "", OnnxModel.load(echo(), 768, 1))) {
      var answers = DirectionTask.ask(echo.inference(), table);
      assertThat(EventResults.judge(table, 1, answers, echo.card()).hasPrediction()).isTrue();
      return EventResults.judge(table, 0, answers, echo.card());
    }
  }

  private static FeatureTable ragged(SplittableRandom random, int events) {
    int[] rowCount = new int[events];
    for (int event = 0; event < events; event++) {
      rowCount[event] = random.nextInt(12) == 0 ? random.nextInt(769) : random.nextInt(20);
    }
    return table(rowCount);
  }

  /** Rows whose values are all different. */
  private static FeatureTable table(int[] rowCount) {
    int rows = 0;
    for (int count : rowCount) {
      rows += count;
    }
    float[] values = new float[rows * FeatureTable.COLUMN_COUNT];
    for (int index = 0; index < values.length; index++) {
      values[index] = index;
    }
    return FeatureTable.owning(
        new long[rowCount.length], rowCount, rowCount.clone(), new int[rowCount.length], values);
  }

  static byte[] echo() throws IOException {
    try (var stream = OnnxModelTest.class.getResourceAsStream("echo.onnx")) {
      return requireNonNull(stream, "echo.onnx").readAllBytes();
    }
  }

  /** The file with a name replaced by another of the same length. */
  private static byte[] renamed(byte[] file, String name, String other) {
    var text = new String(file, StandardCharsets.ISO_8859_1);
    return text.replace(name, other).getBytes(StandardCharsets.ISO_8859_1);
  }
}
