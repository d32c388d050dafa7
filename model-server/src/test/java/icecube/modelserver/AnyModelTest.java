// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import icecube.proto.Reasons;
import icecube.v1.GetModelRequest;
import icecube.v1.Model;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.Reason;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelConfigRequest;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that say no directions: any graph, asked by the open protocol over a real port. */
final class AnyModelTest {
  @TempDir private Path models;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private @Nullable ModelServer server;
  private @Nullable ManagedChannel channel;

  @AfterEach
  void end() throws InterruptedException {
    if (channel != null) {
      channel.shutdownNow();
      channel.awaitTermination(5, TimeUnit.SECONDS);
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void itemsOfManyRequestsRunTogetherAndEachGetsItsOwnAnswers() throws Exception {
    serve("twice", twice("float32[batch, 3]"));
    var random = new SplittableRandom(5);
    var answers = new ArrayList<ListenableFuture<?>>();
    for (int request = 0; request < 200; request++) {
      int items = 1 + random.nextInt(100);
      float[] values = new float[3 * items];
      for (int index = 0; index < values.length; index++) {
        values[index] = random.nextInt(1_000_000);
      }
      var asked = request("twice", "x", "FP32", floats(values), items, 3).build();
      var answer = GRPCInferenceServiceGrpc.newFutureStub(channel()).modelInfer(asked);
      answers.add(
          Futures.transform(
              answer,
              response -> {
                assertThat(response.getOutputs(0).getShapeList()).containsExactly((long) items, 3L);
                for (int index = 0; index < values.length; index++) {
                  assertThat(OipSamples.number(response, 0, index)).isEqualTo(2 * values[index]);
                }
                return true;
              },
              Runnable::run));
    }
    for (var answer : answers) {
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(true);
    }
    assertThat(meters.get("icecube.modelserver.batch.items").summary().max()).isGreaterThan(16);
  }

  @Test
  void anAxisOfAnyLengthIsAsEachRequestHasIt() throws Exception {
    serve("twice", twice("float32[batch, n]"));

    for (int length : new int[] {1, 7, 3}) {
      float[] values = new float[2 * length];
      values[values.length - 1] = length;
      var response = infer(request("twice", "x", "FP32", floats(values), 2, length));

      assertThat(response.getOutputs(0).getShapeList()).containsExactly(2L, (long) length);
      assertThat(OipSamples.number(response, 0, values.length - 1)).isEqualTo(2 * length);
    }
    assertRefused(
        request("twice", "x", "FP32", floats(), 2, 0),
        Status.Code.INVALID_ARGUMENT,
        "inputs[x].shape: [2, 0] (expected: no axis of length 0)");
  }

  @Test
  void inputsAreTakenByNameAndNotByPlace() throws Exception {
    serve(
        "difference",
        new GraphWriter()
            .input("from", "float32[batch, 1]")
            .input("take", "float32[batch, 1]")
            .output("left", "float32[batch, 1]")
            .node("Sub", "left", "from", "take")
            .write());

    var response =
        infer(
            ModelInferRequest.newBuilder()
                .setModelName("difference")
                .addInputs(OipSamples.input("take", "FP32", 1, 1))
                .addInputs(OipSamples.input("from", "FP32", 1, 1))
                .addRawInputContents(floats(3))
                .addRawInputContents(floats(10)));

    assertThat(OipSamples.number(response, 0, 0)).isEqualTo(7);
  }

  @Test
  void aModelWithoutABatchAxisIsAskedAsItIs() throws Exception {
    serve("fixed", twice("float32[2, 2]"));

    var response = infer(request("fixed", "x", "FP32", floats(1, 2, 3, 4), 2, 2));

    assertThat(response.getOutputs(0).getShapeList()).containsExactly(2L, 2L);
    assertThat(OipSamples.number(response, 0, 3)).isEqualTo(8);
    var config = open().modelConfig(ModelConfigRequest.newBuilder().setName("fixed").build());
    assertThat(config.getConfig().getMaxBatchSize()).isZero();
    assertThat(config.getConfig().getInput(0).getDimsList()).containsExactly(2L, 2L);
    assertRefused(
        request("fixed", "x", "FP32", floats(1, 2), 1, 2),
        Status.Code.INVALID_ARGUMENT,
        "inputs[x].shape: [1, 2] (expected: [2, 2])");
  }

  @Test
  void rowsOfASequenceAreNeverTakenForItemsOfABatch() throws Exception {
    byte[] graph =
        new GraphWriter()
            .input("x", "float32[seq, 2]")
            .output("y", "float32[seq, 2]")
            .sum("all", "x", 0)
            .node("Add", "y", "x", "all")
            .write();
    serve("sequence", graph);

    var response = infer(request("sequence", "x", "FP32", floats(1, 2, 3, 4), 2, 2));

    assertThat(numbers(response, 0)).containsExactly(5f, 8f, 7f, 10f);
    var config = open().modelConfig(ModelConfigRequest.newBuilder().setName("sequence").build());
    assertThat(config.getConfig().getMaxBatchSize()).isZero();
    assertRefused(
        request("sequence", "x", "FP32", floats(), 0, 2),
        Status.Code.INVALID_ARGUMENT,
        "inputs[x].shape: [0, 2] (expected: no axis of length 0)");
  }

  @Test
  void aBatchThatAManifestStatesAndTheGraphDeniesFailsToLoad() throws Exception {
    byte[] graph =
        new GraphWriter()
            .input("x", "float32[n, 2]")
            .output("y", "float32[n, 2]")
            .sum("all", "x", 0)
            .node("Add", "y", "x", "all")
            .write();
    serve(
        "sequence",
        graph,
        "signature: {inputs: {x: 'float32[batch, 2]'}, outputs: {y: 'float32[batch, 2]'}}\n");

    var model = directions().getModel(GetModelRequest.newBuilder().setName("sequence").build());
    assertThat(model.getState()).isEqualTo(Model.State.STATE_FAILED);
    assertThat(model.getDescription())
        .contains("(expected: a batch on the first axis); an item's answer changes with");
  }

  @Test
  void paddingIsCutOffWhereTheManifestSaysHowLongItemsAre() throws Exception {
    byte[] graph =
        new GraphWriter()
            .input("x", "float32[batch, rows]")
            .input("count", "int64[batch]")
            .output("total", "float32[batch]")
            .output("twice", "float32[batch, rows]")
            .output("seen", "int64[batch]")
            .sum("total", "x", 1)
            .node("Add", "twice", "x", "x")
            .node("Identity", "seen", "count")
            .write();
    var manifest =
        """
        row_count_max: 5
        signature:
          inputs: {x: "float32[batch, rows]", count: "int64[batch]"}
          outputs: {total: "float32[batch]", twice: "float32[batch, rows]", seen: "int64[batch]"}
        ragged: {axis: rows, lengths: count}
        """;
    serve("total", graph, manifest);
    var asked =
        ModelInferRequest.newBuilder()
            .setModelName("total")
            .addInputs(OipSamples.input("x", "FP32", 3, 3))
            .addInputs(OipSamples.input("count", "INT64", 3))
            .addRawInputContents(floats(1, 2, 777, 777, 777, 777, 4, 777, 777))
            .addRawInputContents(longs(2, 0, 1));

    var response = infer(asked);

    assertThat(response.getOutputs(0).getName()).isEqualTo("total");
    assertThat(OipSamples.number(response, 0, 0)).isEqualTo(3);
    assertThat(OipSamples.number(response, 0, 1)).isZero();
    assertThat(OipSamples.number(response, 0, 2)).isEqualTo(4);
    // Ragged answers are padded with zeros to the longest.
    assertThat(response.getOutputs(1).getShapeList()).containsExactly(3L, 2L);
    assertThat(numbers(response, 1)).containsExactly(2f, 4f, 0f, 0f, 8f, 0f);
    assertRefused(
        asked.setRawInputContents(1, longs(2, 0, 4)),
        Status.Code.INVALID_ARGUMENT,
        "inputs[count][2]: 4 (expected: 0..3, rows that are there and the model reads)");
  }

  @Test
  void whatIsNoTensorOfNumbersFailsToLoadAndSaysWhy() throws Exception {
    serve(
        "words",
        new GraphWriter()
            .input("x", "string[batch]")
            .output("y", "string[batch]")
            .node("Identity", "y", "x")
            .write());

    var model = directions().getModel(GetModelRequest.newBuilder().setName("words").build());
    assertThat(model.getState()).isEqualTo(Model.State.STATE_FAILED);
    assertThat(model.getDescription())
        .isEqualTo("input x: a tensor of STRING (expected: of numbers or booleans)");
  }

  @Test
  void itsMetadataAreTheGraphsAndPredictDoesNotAskIt() throws Exception {
    serve("twice", twice("float32[batch, 3]"));

    var metadata = open().modelMetadata(ModelMetadataRequest.newBuilder().setName("twice").build());
    assertThat(metadata.getPlatform()).isEqualTo("onnxruntime_onnx");
    assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 3L);
    var model = directions().getModel(GetModelRequest.newBuilder().setName("twice").build());
    assertThat(model.getFeatureVersion()).isZero();
    assertThat(model.getRowCountMax()).isZero();
    var request =
        Samples.eventsRequest(Samples.events(new SplittableRandom(1), 2)).setModelName("twice");
    var refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> directions().predict(request.build()));
    assertThat(Reasons.reasonOf(refused)).contains(Reason.REASON_UNSUPPORTED);
    assertThat(refused).hasMessageContaining("twice/1 says no directions");
  }

  @Test
  void anAnswerLargerThanTheLimitIsRefused() throws Exception {
    // n numbers become n * n.
    serve(
        "square",
        new GraphWriter()
            .input("row", "float32[batch, 1, n]")
            .input("column", "float32[batch, n, 1]")
            .output("square", "float32[batch, n, n]")
            .node("MatMul", "square", "column", "row")
            .write());
    int length = 5_000; // 100 MB
    var asked =
        ModelInferRequest.newBuilder()
            .setModelName("square")
            .addInputs(OipSamples.input("row", "FP32", 1, 1, length))
            .addInputs(OipSamples.input("column", "FP32", 1, length, 1))
            .addRawInputContents(floats(new float[length]))
            .addRawInputContents(floats(new float[length]));

    assertRefused(
        asked,
        Status.Code.INVALID_ARGUMENT,
        "outputs[square]: 100000000 bytes (expected: at most 67108864)");
  }

  @Test
  void valuesThatTheGraphRefusesAreTheCallersToMend() throws Exception {
    serve(
        "pick",
        new GraphWriter()
            .input("table", "float32[3]")
            .input("place", "int64[n]")
            .output("picked", "float32[n]")
            .node("Gather", "picked", "table", "place")
            .write());

    for (int trial = 0; trial < 3; trial++) {
      assertRefused(
          pick(1, 3),
          Status.Code.INVALID_ARGUMENT,
          "inputs: refused by the graph of pick/1 (expected: values that it takes): ");
      assertRefused(pick(3), Status.Code.INVALID_ARGUMENT, "idx=3 must be within");
      assertThat(numbers(infer(pick(2, -3)), 0)).containsExactly(30f, 10f);
    }
    assertThat(
            meters
                .get("icecube.modelserver.requests.dropped")
                .tag("reason", "TENSORS_INVALID")
                .counter()
                .count())
        .isEqualTo(6);
  }

  private static ModelInferRequest.Builder pick(long... places) {
    return ModelInferRequest.newBuilder()
        .setModelName("pick")
        .addInputs(OipSamples.input("table", "FP32", 3))
        .addInputs(OipSamples.input("place", "INT64", places.length))
        .addRawInputContents(floats(10, 20, 30))
        .addRawInputContents(longs(places));
  }

  @Test
  void aRunThatNobodyWaitsForAnyMoreIsStopped() throws Exception {
    var slow =
        new GraphWriter().input("x", "float32[batch, n, n]").output("y", "float32[batch, n, n]");
    slow.node("MatMul", "a0", "x", "x");
    int steps = 400;
    for (int step = 1; step < steps; step++) {
      slow.node("MatMul", "a" + step, "a" + (step - 1), "x");
    }
    serve("slow", slow.node("Identity", "y", "a" + (steps - 1)).write());
    int n = 700; // 400 products of 700 x 700: many seconds on one core
    var asked =
        request("slow", "x", "FP32", floats(new float[n * n]), 1, n, n)
            .putParameters("timeout", OipSamples.integer(200_000))
            .build();

    var refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> open().modelInfer(asked));

    assertThat(Reasons.reasonOf(refused)).contains(Reason.REASON_TIMEOUT_EXPIRED);
    assertThat(meters.get("icecube.modelserver.runs.stopped").counter().count()).isEqualTo(1);
    // The worker and the model are as before.
    var small = request("slow", "x", "FP32", floats(1), 1, 1, 1);
    assertThat(OipSamples.number(infer(small), 0, 0)).isEqualTo(1);
  }

  private static byte[] twice(String type) {
    return new GraphWriter().input("x", type).output("y", type).node("Add", "y", "x", "x").write();
  }

  private void serve(String name, byte[] graph) throws IOException {
    var folder = Files.createDirectories(models.resolve(name).resolve("1"));
    Files.write(folder.resolve("model.onnx"), graph);
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ofSeconds(2)),
            Optional.of(models),
            "line-fit",
            Samples.GEOMETRY,
            2,
            8_192);
    server = ModelServer.start(settings, Telemetry.of(meters));
    channel = GrpcChannels.open("127.0.0.1:" + server.port());
  }

  private void serve(String name, byte[] graph, String manifest) throws IOException {
    var folder = Files.createDirectories(models.resolve(name).resolve("1"));
    Files.writeString(
        folder.resolve("model.yaml"),
        "name: %s%nversion: \"1\"%ndescription: A test.%nsha256: %s%n"
                .formatted(name, Graphs.sha256(graph))
            + manifest);
    serve(name, graph);
  }

  private ManagedChannel channel() {
    if (channel == null) {
      throw new IllegalStateException("channel: none (expected: served before)");
    }
    return channel;
  }

  private GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub open() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel())
        .withMaxInboundMessageSize(256 << 20)
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private ModelServiceGrpc.ModelServiceBlockingStub directions() {
    return ModelServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private ModelInferResponse infer(ModelInferRequest.Builder request) {
    return open().modelInfer(request.build());
  }

  private void assertRefused(ModelInferRequest.Builder request, Status.Code code, String message) {
    var refused = catchThrowableOfType(StatusRuntimeException.class, () -> infer(request));
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(refused).hasMessageContaining(message);
  }

  private static ModelInferRequest.Builder request(
      String model, String input, String type, ByteString content, long... shape) {
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .addInputs(OipSamples.input(input, type, shape))
        .addRawInputContents(content);
  }

  private static List<Float> numbers(ModelInferResponse response, int output) {
    var numbers = new ArrayList<Float>();
    int count = response.getRawOutputContents(output).size() / Float.BYTES;
    for (int index = 0; index < count; index++) {
      numbers.add(OipSamples.number(response, output, index));
    }
    return numbers;
  }

  private static ByteString floats(float... values) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return ByteString.copyFrom(bytes);
  }

  private static ByteString longs(long... values) {
    var bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return ByteString.copyFrom(bytes);
  }
}
