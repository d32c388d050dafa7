// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import icecube.proto.PredictionCodec;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import inference.ModelInferResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The answers to a fuzzer's requests, counted by what they say, and those that are wrong: without a
 * reason, with a reason that blames the server, or OK with what is no direction. Thread-safe.
 */
final class FuzzAnswers {
  /** Wrong answers that are told in full. */
  private static final int TOLD_MAX = 20;

  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private long wrongCount;

  /** Answers by status code and reason, or OK; a copy. */
  synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  /** What was wrong, with the seed of its request; the first {@value #TOLD_MAX}. */
  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  synchronized long wrongCount() {
    return wrongCount;
  }

  synchronized long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The call ended without an answer, or with an error. */
  void failed(long seed, FuzzRequest request, StatusRuntimeException failure) {
    Reason reason = Reasons.reasonOf(failure).orElse(Reason.REASON_UNSPECIFIED);
    Status.Code code = failure.getStatus().getCode();
    boolean isTold =
        Reasons.kindOf(reason) != ReasonKind.OURS
            && Reasons.codeOf(reason) == code
            && failure.getStatus().getDescription() != null;
    count(code + " " + Reasons.nameOf(reason));
    if (!isTold || request.isSound()) {
      tell(seed, request, failure.toString());
    }
  }

  /** The call was answered with {@code message}. */
  void answered(long seed, FuzzRequest request, ByteString message) {
    String defect;
    try {
      boolean isPredict =
          request
              .method()
              .getFullMethodName()
              .equals(ModelServiceGrpc.getPredictMethod().getFullMethodName());
      defect =
          isPredict
              ? defect(PredictResponse.parseFrom(message), request.isSound())
              : defect(ModelInferResponse.parseFrom(message), request.isSound());
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      defect = e.toString();
    }
    if (!defect.isEmpty()) {
      tell(seed, request, defect);
    }
  }

  private String defect(PredictResponse response, boolean isSound) {
    count("OK");
    for (EventResult result : response.getResultsList()) {
      if (result.hasPrediction()) {
        PredictionCodec.direction(result.getPrediction());
      } else {
        Reason reason = result.getError().getReason();
        count("OK, event " + Reasons.nameOf(reason));
        if (isSound || Reasons.kindOf(reason) != ReasonKind.CALLER_EVENT) {
          return "event: " + result.getError();
        }
      }
    }
    return response.getResultsCount() == 0 ? "results: 0 (expected: one for each event)" : "";
  }

  private String defect(ModelInferResponse response, boolean isSound) {
    count("OK");
    for (ByteString floats : response.getRawOutputContentsList()) {
      var buffer = floats.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      while (buffer.hasRemaining()) {
        float value = buffer.get();
        // NaN is how the protocol's tensors say that an event has no answer.
        if (Float.isInfinite(value) || (isSound && Float.isNaN(value))) {
          return "output: " + value;
        }
      }
    }
    return response.getOutputsCount() == response.getRawOutputContentsCount()
        ? ""
        : "outputs: without contents";
  }

  private synchronized void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  private synchronized void tell(long seed, FuzzRequest request, String defect) {
    wrongCount++;
    if (wrong.size() < TOLD_MAX) {
      wrong.add(
          "%s, repeat with the arguments 1 0x%x: %s"
              .formatted(request.method().getFullMethodName(), seed, defect));
    }
  }
}
