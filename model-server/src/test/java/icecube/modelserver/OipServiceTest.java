// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.Reason;
import inference.DataType;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelConfigRequest;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import inference.ModelRepositoryParameter;
import inference.ModelStatisticsRequest;
import inference.RepositoryIndexRequest;
import inference.RepositoryModelLoadRequest;
import inference.RepositoryModelUnloadRequest;
import inference.ServerLiveRequest;
import inference.ServerMetadataRequest;
import inference.ServerReadyRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The unary methods of the open protocol over a real port. */
final class OipServiceTest {
  private ServiceFixture fixture = new ServiceFixture(true, 2, 8_192);

  @AfterEach
  void end() {
    fixture.close();
  }

  @Test
  void theServerSaysWhatItIsAndThatItIsReady() {
    assertThat(fixture.open().serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
        .isTrue();
    assertThat(ready()).isTrue();
    var metadata = fixture.open().serverMetadata(ServerMetadataRequest.getDefaultInstance());
    assertThat(metadata.getName()).isEqualTo("icecube");
    assertThat(metadata.getVersion()).isNotEmpty();
    assertThat(metadata.getExtensionsList())
        .containsExactly(
            "model_repository",
            "schedule_policy",
            "model_configuration",
            "binary_tensor_data",
            "statistics");
  }

  @Test
  void aClosingServerIsLiveButNeitherItNorItsModelsAreReady() {
    fixture.openService.setServing(false);

    assertThat(fixture.open().serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
        .isTrue();
    assertThat(ready()).isFalse();
    assertThat(ready("gate", "")).isFalse();
  }

  @Test
  void aModelIsReadyIfItIsThereAndWell() {
    assertThat(ready("gate", "")).isTrue();
    assertThat(ready("gate", "1")).isTrue();
    assertThat(ready("", "")).isTrue();
    assertThat(ready("gate", "2")).isFalse();
    assertThat(ready("ill", "")).isFalse();
    assertThat(ready("nobody", "")).isFalse();
    assertThat(ready("x".repeat(1_000_000), "")).isFalse();
  }

  @Test
  void metadataTellsWhatTheModelReadsAndWrites() {
    var metadata =
        fixture.open().modelMetadata(ModelMetadataRequest.newBuilder().setName("gate").build());

    assertThat(metadata.getName()).isEqualTo("gate");
    assertThat(metadata.getVersionsList()).containsExactly("1");
    assertThat(metadata.getInputs(0).getName()).isEqualTo("features");
    assertThat(metadata.getInputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, -1L, 6L);
    assertThat(metadata.getInputs(1).getDatatype()).isEqualTo("INT64");
    assertThat(metadata.getInputs(1).getShapeList()).containsExactly(-1L);
    assertThat(metadata.getOutputsCount()).isEqualTo(1);
    assertThat(metadata.getOutputs(0).getShapeList()).containsExactly(-1L, 3L);
    assertStatus(
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN,
        () -> fixture.open().modelMetadata(ModelMetadataRequest.newBuilder().setName("n").build()));
    assertStatus(
        Status.Code.UNAVAILABLE,
        Reason.REASON_MODEL_NOT_READY,
        () ->
            fixture.open().modelMetadata(ModelMetadataRequest.newBuilder().setName("ill").build()));
  }

  @Test
  void theConfigurationHasTheSameTensorsWithoutTheBatchAxis() {
    var config =
        fixture
            .open()
            .modelConfig(ModelConfigRequest.newBuilder().setName("gate").build())
            .getConfig();

    assertThat(config.getName()).isEqualTo("gate");
    assertThat(config.getMaxBatchSize()).isEqualTo(4_096);
    assertThat(config.getInput(0).getDataType()).isEqualTo(DataType.TYPE_FP32);
    assertThat(config.getInput(0).getDimsList()).containsExactly(-1L, 6L);
    assertThat(config.getInput(0).getAllowRaggedBatch()).isTrue();
    assertThat(config.getInput(1).getDataType()).isEqualTo(DataType.TYPE_INT64);
    assertThat(config.getInput(1).getDimsList()).isEmpty();
    assertThat(config.getOutput(0).getDimsList()).containsExactly(3L);
    assertThat(config.getInstanceGroup(0).getCount()).isEqualTo(2);
    assertThat(config.getDynamicBatching().getPriorityLevels()).isEqualTo(2);
    assertThat(config.getDynamicBatching().getDefaultPriorityLevel()).isEqualTo(1);
    assertThat(config.getModelTransactionPolicy().getDecoupled()).isFalse();
  }

  @Test
  void inferenceAnswersRawUnderTheIdOfTheRequest() {
    var response = infer(OipSamples.zeros(3).setId("abc").setModelName("gate"));

    assertThat(response.getId()).isEqualTo("abc");
    assertThat(response.getModelName()).isEqualTo("gate");
    assertThat(response.getModelVersion()).isEqualTo("1");
    assertThat(response.getOutputs(0).getName()).isEqualTo("direction");
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(3L, 3L);
    assertThat(response.getOutputs(0).hasContents()).isFalse();
    for (int event = 0; event < 3; event++) {
      assertThat(OipSamples.number(response, 0, 3 * event)).isZero();
      assertThat(OipSamples.number(response, 0, 3 * event + 2)).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeAskedIsRefusedWithItsStatusAndReason() {
    assertRefused(
        OipSamples.zeros(1).setModelName("nobody"),
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN);
    assertRefused(
        OipSamples.zeros(1).setModelVersion("7"),
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN);
    assertRefused(
        OipSamples.zeros(1).setModelName("ill"),
        Status.Code.UNAVAILABLE,
        Reason.REASON_MODEL_NOT_READY);
    assertRefused(OipSamples.zeros(0), Status.Code.INVALID_ARGUMENT, Reason.REASON_REQUEST_EMPTY);
    assertRefused(
        OipSamples.zeros(1).putParameters("timeout", OipSamples.integer(-1)),
        Status.Code.INVALID_ARGUMENT,
        Reason.REASON_TENSORS_INVALID);
    assertRefused(
        OipSamples.zeros(1).putParameters("sequence_id", OipSamples.integer(5)),
        Status.Code.UNIMPLEMENTED,
        Reason.REASON_UNSUPPORTED);
  }

  @Test
  void aNameTooLongForAHeaderIsRefusedWithAShortMessage() {
    var refused =
        assertRefused(
            OipSamples.zeros(1).setModelName("x".repeat(1_000_000)),
            Status.Code.NOT_FOUND,
            Reason.REASON_MODEL_UNKNOWN);
    assertThat(refused.getMessage()).hasSizeLessThan(300);
  }

  @Test
  void aFullQueueIsOverloadAndSaysWhenToComeBack() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 2);
    var runs = future(OipSamples.zeros(2));
    fixture.gate.entered.acquire();
    var waits = future(OipSamples.zeros(2));
    Waiting.until("one runs, one waits", () -> fixture.queue.eventsInFlight() == 4);

    var refused =
        assertRefused(
            OipSamples.zeros(1), Status.Code.RESOURCE_EXHAUSTED, Reason.REASON_QUEUE_FULL);
    var trailers = requireNonNull(refused.getTrailers());
    assertThat(trailers.get(Reasons.RETRY_PUSHBACK_MS)).isEqualTo("100");
    fixture.gate.letThrough(2);
    assertThat(runs.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);
    assertThat(waits.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);
  }

  @Test
  void aRequestsOwnTimeoutCountsBesideTheDeadline() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 100);
    var runs = future(OipSamples.zeros(1));
    fixture.gate.entered.acquire();
    var waits = future(OipSamples.zeros(1).putParameters("timeout", OipSamples.integer(1)));
    Waiting.until("one waits", () -> fixture.queue.eventsInFlight() == 2);
    fixture.gate.letThrough(2);

    assertThat(runs.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);
    assertThat(waits)
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("DEADLINE_EXCEEDED: request: waited");
  }

  @Test
  void aCallWhoseDeadlinePassesLeavesItsPlaceInTheQueue() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 100);
    var runs = future(OipSamples.zeros(1));
    fixture.gate.entered.acquire();
    assertStatus(
        Status.Code.DEADLINE_EXCEEDED,
        null,
        () ->
            fixture
                .open()
                .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                .modelInfer(OipSamples.zeros(5).build()));

    Waiting.until("its place is free", () -> fixture.queue.eventsInFlight() == 1);
    fixture.gate.letThrough(1);
    assertThat(runs.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);
  }

  @Test
  void statisticsCountWhatIsRefusedAtTheDoor() throws Exception {
    fixture.close();
    fixture = new ServiceFixture(false, 1, 2);
    var runs = future(OipSamples.zeros(2));
    fixture.gate.entered.acquire();
    var waits = future(OipSamples.zeros(2));
    Waiting.until("one runs, one waits", () -> fixture.queue.eventsInFlight() == 4);
    assertRefused(OipSamples.zeros(1), Status.Code.RESOURCE_EXHAUSTED, Reason.REASON_QUEUE_FULL);
    assertRefused(
        OipSamples.zeros(1).clearRawInputContents(),
        Status.Code.INVALID_ARGUMENT,
        Reason.REASON_TENSORS_INVALID);
    assertRefused(
        OipSamples.zeros(1).setModelName("nobody"),
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN);
    assertThatThrownBy(() -> fixture.blocking().predict(PredictRequest.newBuilder().build()))
        .satisfies(e -> assertThat(Reasons.reasonOf(e)).contains(Reason.REASON_REQUEST_EMPTY));
    fixture.gate.letThrough(2);
    assertThat(runs.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);
    assertThat(waits.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);

    var all = fixture.open().modelStatistics(ModelStatisticsRequest.getDefaultInstance());
    var stats = all.getModelStats(0).getInferenceStats();
    assertThat(stats.getFail().getCount()).isEqualTo(3);
    assertThat(stats.getSuccess().getCount()).isEqualTo(2);
  }

  @Test
  void statisticsCountRequestsItemsAndRuns() {
    for (int items = 1; items <= 4; items++) {
      infer(OipSamples.zeros(items));
    }
    var all = fixture.open().modelStatistics(ModelStatisticsRequest.getDefaultInstance());
    assertThat(all.getModelStatsCount()).isEqualTo(1);
    var gate = all.getModelStats(0);
    assertThat(gate.getName()).isEqualTo("gate");
    assertThat(gate.getVersion()).isEqualTo("1");
    assertThat(gate.getInferenceCount()).isEqualTo(10);
    assertThat(gate.getExecutionCount()).isEqualTo(4);
    assertThat(gate.getLastInference()).isPositive();
    var stats = gate.getInferenceStats();
    assertThat(stats.getSuccess().getCount()).isEqualTo(4);
    assertThat(stats.getSuccess().getNs())
        .isGreaterThanOrEqualTo(stats.getQueue().getNs() + stats.getComputeInfer().getNs());
    assertThat(stats.getQueue().getCount()).isEqualTo(4);
    assertThat(stats.getComputeInfer().getCount()).isEqualTo(4);
    assertThat(stats.getFail().getCount()).isZero();
    assertThat(gate.getBatchStatsList())
        .extracting(batch -> batch.getBatchSize())
        .containsExactly(1L, 2L, 3L, 4L);
    assertStatus(
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN,
        () ->
            fixture
                .open()
                .modelStatistics(ModelStatisticsRequest.newBuilder().setName("nobody").build()));
  }

  @Test
  void theIndexListsModelsAndHowTheyAre() {
    var index = fixture.open().repositoryIndex(RepositoryIndexRequest.getDefaultInstance());
    assertThat(index.getModelsCount()).isEqualTo(2);
    assertThat(index.getModels(0).getName()).isEqualTo("gate");
    assertThat(index.getModels(0).getState()).isEqualTo("READY");
    assertThat(index.getModels(0).getReason()).isEmpty();
    assertThat(index.getModels(1).getState()).isEqualTo("UNAVAILABLE");

    var ready =
        fixture.open().repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build());
    assertThat(ready.getModelsList()).extracting(model -> model.getName()).containsExactly("gate");
    assertStatus(
        Status.Code.UNIMPLEMENTED,
        Reason.REASON_UNSUPPORTED,
        () ->
            fixture
                .open()
                .repositoryIndex(
                    RepositoryIndexRequest.newBuilder().setRepositoryName("other").build()));
  }

  @Test
  void anUnloadedModelIsListedAndAsksToBeLoaded() {
    var done = fixture.open().repositoryModelUnload(unload("gate").build());

    assertThat(done).isNotNull();
    assertThat(ready("gate", "")).isFalse();
    assertRefused(
        OipSamples.zeros(1).setModelName("gate"),
        Status.Code.UNAVAILABLE,
        Reason.REASON_MODEL_NOT_READY);
    var index = fixture.open().repositoryIndex(RepositoryIndexRequest.getDefaultInstance());
    assertThat(index.getModels(0).getState()).isEqualTo("UNAVAILABLE");
    assertThat(index.getModels(0).getReason()).isEqualTo("unloaded");
    assertThat(fixture.open().modelStatistics(ModelStatisticsRequest.getDefaultInstance()))
        .returns(0, statistics -> statistics.getModelStatsCount());
  }

  @Test
  void whatCannotBeLoadedOrUnloadedSaysWhy() {
    assertStatus(
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN,
        () -> fixture.open().repositoryModelLoad(load("nobody").build()));
    assertStatus(
        Status.Code.NOT_FOUND,
        Reason.REASON_MODEL_UNKNOWN,
        () -> fixture.open().repositoryModelUnload(unload("nobody").build()));
    assertStatus(
        Status.Code.UNIMPLEMENTED,
        Reason.REASON_UNSUPPORTED,
        () ->
            fixture
                .open()
                .repositoryModelLoad(
                    load("gate")
                        .putParameters("config", ModelRepositoryParameter.getDefaultInstance())
                        .build()));
    assertStatus(
        Status.Code.UNIMPLEMENTED,
        Reason.REASON_UNSUPPORTED,
        () ->
            fixture
                .open()
                .repositoryModelUnload(unload("gate").setRepositoryName("other").build()));
  }

  private static RepositoryModelLoadRequest.Builder load(String name) {
    return RepositoryModelLoadRequest.newBuilder().setModelName(name);
  }

  private static RepositoryModelUnloadRequest.Builder unload(String name) {
    return RepositoryModelUnloadRequest.newBuilder().setModelName(name);
  }

  private ModelInferResponse infer(ModelInferRequest.Builder request) {
    return fixture.open().modelInfer(request.build());
  }

  private Future<ModelInferResponse> future(ModelInferRequest.Builder request) {
    return GRPCInferenceServiceGrpc.newFutureStub(fixture.channel).modelInfer(request.build());
  }

  private boolean ready() {
    return fixture.open().serverReady(ServerReadyRequest.getDefaultInstance()).getReady();
  }

  private boolean ready(String name, String version) {
    return fixture
        .open()
        .modelReady(ModelReadyRequest.newBuilder().setName(name).setVersion(version).build())
        .getReady();
  }

  private StatusRuntimeException assertRefused(
      ModelInferRequest.Builder request, Status.Code code, Reason reason) {
    return assertStatus(code, reason, () -> infer(request));
  }

  private static StatusRuntimeException assertStatus(
      Status.Code code, @Nullable Reason reason, ThrowingCallable call) {
    var failure = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    if (reason != null) {
      assertThat(Reasons.reasonOf(failure)).contains(reason);
      assertThat(failure).hasMessageContaining("expected: ");
    }
    return failure;
  }
}
