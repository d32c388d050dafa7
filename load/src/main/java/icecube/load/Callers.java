// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import com.google.protobuf.MessageLite;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import inference.GRPCInferenceServiceGrpc;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelStreamInferResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** Makes callers: reads the model's signature where there is one, and prepares the requests. */
public final class Callers {
  /** Different requests of one run at most; after them the first comes again. */
  static final int REQUESTS_MAX = 1_024;

  /** Bytes of all of them, about. */
  static final long BYTES_MAX = 64L << 20;

  private static final long METADATA_SECONDS_MAX = 10;

  private Callers() {}

  /**
   * A caller of one model.
   *
   * @param channels connections to the server, used in turn; the caller does not own them
   * @param model its name; with {@code PREDICT} empty means the server's default
   * @param version empty for the one the server chooses
   * @param timeout of one request
   * @throws LoadException if the server does not answer or the model cannot be asked this way
   */
  public static Caller open(
      List<? extends Channel> channels,
      Protocol protocol,
      String model,
      String version,
      RequestShape shape,
      Duration timeout) {
    return switch (protocol) {
      case INFER ->
          new UnaryCaller<>(
              channels,
              GRPCInferenceServiceGrpc.getModelInferMethod(),
              inferRequests(channels.get(0), model, version, shape, Duration.ZERO),
              timeout,
              response -> Outcome.OK);
      case INFER_STREAM ->
          new StreamCaller<>(
              channels,
              GRPCInferenceServiceGrpc.getModelStreamInferMethod(),
              inferRequests(channels.get(0), model, version, shape, timeout),
              new InferMessages());
      case PREDICT ->
          new UnaryCaller<>(
              channels,
              ModelServiceGrpc.getPredictMethod(),
              predictRequests(model, version, shape, timeout),
              timeout,
              response -> Outcome.answered(refused(response)));
      case PREDICT_STREAM ->
          new StreamCaller<>(
              channels,
              ModelServiceGrpc.getPredictStreamMethod(),
              predictRequests(model, version, shape, timeout),
              new PredictMessages());
    };
  }

  private static List<Prepared<ModelInferRequest>> inferRequests(
      Channel channel, String model, String version, RequestShape shape, Duration timeout) {
    var inputs = InferInputs.of(metadata(channel, model, version), shape);
    var random = new SplittableRandom(shape.seed());
    return prepare(
        () -> inputs.drawRows(random),
        rows -> {
          var request = inputs.draw(model, version, rows, random);
          // A stream's requests have no deadline of their own; this one is Triton's, µs.
          return timeout.isZero()
              ? request
              : request.toBuilder()
                  .putParameters(
                      "timeout",
                      InferParameter.newBuilder().setInt64Param(timeout.toNanos() / 1_000).build())
                  .build();
        });
  }

  private static List<Prepared<PredictRequest>> predictRequests(
      String model, String version, RequestShape shape, Duration timeout) {
    var random = new SplittableRandom(shape.seed());
    return prepare(
        () -> shape.drawRows(random),
        rows -> FeatureRequests.draw(model, version, rows, timeout, random));
  }

  /** As many as fit the bounds, one at least. */
  private static <Q extends MessageLite> List<Prepared<Q>> prepare(
      Supplier<int[]> nextRows, Function<int[], Q> request) {
    var requests = new ArrayList<Prepared<Q>>();
    long bytes = 0;
    while (requests.isEmpty() || (requests.size() < REQUESTS_MAX && bytes < BYTES_MAX)) {
      int[] rows = nextRows.get();
      Q message = request.apply(rows);
      bytes += message.getSerializedSize();
      requests.add(new Prepared<>(rows.length, Arrays.stream(rows).sum(), message));
    }
    return List.copyOf(requests);
  }

  private static ModelMetadataResponse metadata(Channel channel, String model, String version) {
    var stub =
        GRPCInferenceServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(METADATA_SECONDS_MAX, TimeUnit.SECONDS);
    var request = ModelMetadataRequest.newBuilder().setName(model).setVersion(version).build();
    try {
      return stub.modelMetadata(request);
    } catch (StatusRuntimeException e) {
      requireHandshake(e);
      if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
        throw noMetadata(model, e);
      }
    }
    // Nobody there: it may be starting.
    try {
      return stub.withWaitForReady().modelMetadata(request);
    } catch (StatusRuntimeException e) {
      throw noMetadata(model, e);
    }
  }

  private static LoadException noMetadata(String model, StatusRuntimeException e) {
    // gRPC says how its tries to connect ended, with whole stack traces.
    String why = String.valueOf(e.getStatus().getDescription()).lines().findFirst().orElse("");
    return new LoadException(
        "model: %s has no metadata: %s %s (expected: a server of the Open Inference Protocol that has it ready)"
            .formatted(model, e.getStatus().getCode(), why),
        e);
  }

  /** Who does not trust us will not the next time either. */
  private static void requireHandshake(StatusRuntimeException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        throw new LoadException(
            "TLS: %s (expected: a handshake; check whom either side trusts, the certificate shown, and whether one is asked for)"
                .formatted(deepest(cause).getMessage()),
            e);
      }
    }
  }

  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private static int refused(PredictResponse response) {
    return (int) response.getResultsList().stream().filter(EventResult::hasError).count();
  }

  private static final class InferMessages
      implements StreamCaller.Messages<ModelInferRequest, ModelStreamInferResponse> {
    @Override
    public ModelInferRequest withId(ModelInferRequest request, long id) {
      return request.toBuilder().setId(Long.toString(id)).build();
    }

    @Override
    public long idOf(ModelStreamInferResponse response) {
      try {
        return Long.parseLong(response.getInferResponse().getId());
      } catch (NumberFormatException e) {
        return -1;
      }
    }

    /** The protocol has an error's text there, and no status. */
    @Override
    public Outcome judge(ModelStreamInferResponse response) {
      return response.getErrorMessage().isEmpty() ? Outcome.OK : Outcome.failed("ERROR_MESSAGE");
    }
  }

  private static final class PredictMessages
      implements StreamCaller.Messages<PredictRequest, PredictResponse> {
    @Override
    public PredictRequest withId(PredictRequest request, long id) {
      return request.toBuilder().setRequestId(id).build();
    }

    @Override
    public long idOf(PredictResponse response) {
      return response.getRequestId();
    }

    @Override
    public Outcome judge(PredictResponse response) {
      return Outcome.of(response.getStatus(), refused(response));
    }
  }
}
