// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import com.google.protobuf.ByteString;
import icecube.load.Connections;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferResponse;
import inference.ServerLiveRequest;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Callers that ask wrongly, go away, or cannot wait: each call on a connection of its own, some ten
 * a second. Confined to one thread at a time.
 */
final class RudeCalls {
  private static final long PAUSE_MILLIS = 100;
  private static final int EVENTS = 64;
  private static final int ROWS = 128;
  private static final int COLUMNS = 6;

  /** What a caller does, and how a server should answer. */
  private enum Kind {
    UNKNOWN_MODEL(Status.Code.NOT_FOUND),
    WRONG_BYTES(Status.Code.INVALID_ARGUMENT),
    WRONG_SHAPE(Status.Code.INVALID_ARGUMENT),
    // A server may refuse at once what cannot be answered in time.
    NO_TIME(Status.Code.DEADLINE_EXCEEDED),
    GOES_AWAY(Status.Code.CANCELLED);

    private final Status.Code expected;

    Kind(Status.Code expected) {
      this.expected = expected;
    }
  }

  private final SplittableRandom random;
  private final Map<Kind, Long> asExpected = new EnumMap<>(Kind.class);
  private long otherwise;

  RudeCalls(SplittableRandom random) {
    this.random = random;
  }

  /** Calls until then, {@link System#nanoTime()}. */
  void callUntil(String target, long endNanos) {
    while (System.nanoTime() < endNanos && !Thread.currentThread().isInterrupted()) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      Status.Code code = call(target, kind);
      boolean isRefusedEarly = kind == Kind.NO_TIME && code == Status.Code.RESOURCE_EXHAUSTED;
      if (code == kind.expected || isRefusedEarly) {
        asExpected.merge(kind, 1L, Long::sum);
      } else {
        otherwise++;
        System.out.println("  " + kind + ": " + code + " (expected: " + kind.expected + ")");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Status.Code call(String target, Kind kind) {
    try (Connections connections =
        Connections.open(target, 1, InsecureChannelCredentials.create())) {
      var stub =
          GRPCInferenceServiceGrpc.newBlockingStub(connections.channels().get(0))
              .withDeadlineAfter(20, TimeUnit.SECONDS);
      // Connects first, so that a short time is spent at the server.
      var unused = stub.serverLive(ServerLiveRequest.getDefaultInstance());
      return switch (kind) {
        case UNKNOWN_MODEL -> ask(stub, request(0).setModelName("nobody").build());
        case WRONG_BYTES -> ask(stub, request(-1).build());
        case WRONG_SHAPE -> {
          var wrong = request(0);
          wrong.getInputsBuilder(0).setShape(2, COLUMNS + 1);
          yield ask(stub, wrong.build());
        }
        case NO_TIME -> ask(stub.withDeadlineAfter(2, TimeUnit.MILLISECONDS), request(0).build());
        case GOES_AWAY -> goAway(connections);
      };
    }
  }

  private static Status.Code ask(GRPCInferenceServiceBlockingStub stub, ModelInferRequest request) {
    try {
      ModelInferResponse response = stub.modelInfer(request);
      return response.getOutputsCount() > 0 ? Status.Code.OK : Status.Code.UNKNOWN;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** Cancels once the request is likely to be under way. */
  private static Status.Code goAway(Connections connections) {
    var answer =
        GRPCInferenceServiceGrpc.newFutureStub(connections.channels().get(0))
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .modelInfer(request(0).build());
    try {
      TimeUnit.MILLISECONDS.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answer.cancel(true);
    return Status.Code.CANCELLED;
  }

  /** A request that is right but for so many bytes too many. */
  private static ModelInferRequest.Builder request(int bytesTooMany) {
    return ModelInferRequest.newBuilder()
        .setModelName(ReplaceableModel.NAME)
        .addInputs(input("features", "FP32", EVENTS, ROWS, COLUMNS))
        .addInputs(input("lengths", "INT64", EVENTS))
        .addRawInputContents(zeros(EVENTS * ROWS * COLUMNS * Float.BYTES + bytesTooMany))
        .addRawInputContents(lengths());
  }

  private static InferInputTensor.Builder input(String name, String type, long... shape) {
    var input = InferInputTensor.newBuilder().setName(name).setDatatype(type);
    for (long size : shape) {
      input.addShape(size);
    }
    return input;
  }

  private static ByteString zeros(int bytes) {
    return ByteString.copyFrom(new byte[bytes]);
  }

  /** Every event as long as can be, little-endian. */
  private static ByteString lengths() {
    byte[] bytes = new byte[EVENTS * Long.BYTES];
    for (int event = 0; event < EVENTS; event++) {
      bytes[event * Long.BYTES] = (byte) ROWS;
    }
    return ByteString.copyFrom(bytes);
  }

  boolean isClean() {
    return otherwise == 0;
  }

  @Override
  public String toString() {
    return "rude calls " + asExpected + ", answered otherwise " + otherwise;
  }
}
