// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;

/**
 * What became of one request.
 *
 * @param status {@code OK}, or the name of the status it failed with
 * @param hasPushback whether a failure told when to come again, by {@code grpc-retry-pushback-ms}
 *     or {@code google.rpc.RetryInfo}
 * @param itemsRefused events of an answered request that were answered with an error of their own
 */
public record Outcome(String status, boolean hasPushback, int itemsRefused) {
  /** Answered, every item of it. */
  public static final Outcome OK = new Outcome("OK", false, 0);

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  public Outcome {
    requireNonNull(status, "status");
    if (itemsRefused < 0) {
      throw new IllegalArgumentException("itemsRefused: " + itemsRefused + " (expected: >= 0)");
    }
  }

  /** Answered, though some items with errors of their own. */
  public static Outcome answered(int itemsRefused) {
    return itemsRefused == 0 ? OK : new Outcome("OK", false, itemsRefused);
  }

  /** Failed with a status of another protocol, an HTTP status for example. */
  public static Outcome failed(String status) {
    return new Outcome(status, false, 0);
  }

  /** Failed as a gRPC call. */
  static Outcome failed(Throwable failure) {
    Metadata trailers = Status.trailersFromThrowable(failure);
    boolean pushback = trailers != null && trailers.containsKey(PUSHBACK);
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    return new Outcome(
        Status.fromThrowable(failure).getCode().name(),
        pushback || (details != null && tellsWhen(details)),
        0);
  }

  /** What a status inside an answer says. */
  static Outcome of(com.google.rpc.Status status, int itemsRefused) {
    if (status.getCode() == Status.Code.OK.value()) {
      return answered(itemsRefused);
    }
    return new Outcome(
        Status.fromCodeValue(status.getCode()).getCode().name(), tellsWhen(status), 0);
  }

  private static boolean tellsWhen(com.google.rpc.Status status) {
    return status.getDetailsList().stream()
        .anyMatch(
            detail -> {
              try {
                return detail.is(RetryInfo.class) && detail.unpack(RetryInfo.class).hasRetryDelay();
              } catch (InvalidProtocolBufferException e) {
                return false;
              }
            });
  }

  boolean isOk() {
    return status.equals("OK");
  }
}
