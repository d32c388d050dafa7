// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import icecube.physics.EventDefect;
import icecube.v1.Reason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one table of what a {@link Reason} means on the wire: its kind, its gRPC status code, and the
 * {@code google.rpc.Status} that carries it.
 *
 * <p>A status of ours has {@link ErrorInfo} with domain {@value #DOMAIN} and the reason's name
 * without its prefix ({@code QUEUE_FULL}). Overload also carries {@link RetryInfo} and, as a
 * trailer, {@code grpc-retry-pushback-ms} (gRFC A6), which gRPC's own retry policy obeys. Stateless
 * and thread-safe.
 */
public final class Reasons {
  /** The domain of every ErrorInfo of ours. */
  public static final String DOMAIN = "icecube";

  /** How long a caller is asked to stay away after overload, unless the server knows better. */
  public static final Duration RETRY_DELAY = Duration.ofMillis(100);

  /** The longest a caller stays away at a server's word: a wrong server must not stop it. */
  public static final Duration RETRY_DELAY_MAX = Duration.ofMinutes(1);

  /** The trailer by which gRPC's own retry policy learns the delay (gRFC A6). */
  public static final Metadata.Key<String> RETRY_PUSHBACK_MS =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  /** How far a chain of causes is followed; real ones are shorter, wrong ones circular. */
  private static final int CAUSES_MAX = 16;

  private static final String PREFIX = "REASON_";

  private Reasons() {}

  /**
   * Whose matter {@code reason} is. A reason this build does not know came from a newer peer and
   * counts as ours, so that nothing is thrown away for it.
   */
  public static ReasonKind kindOf(Reason reason) {
    return switch (reason) {
      case REASON_EVENT_EMPTY,
          REASON_EVENT_TOO_LARGE,
          REASON_EVENT_ID_DUPLICATE,
          REASON_SENSOR_UNKNOWN,
          REASON_TIME_OUT_OF_RANGE,
          REASON_TIME_UNSORTED,
          REASON_CHARGE_OUT_OF_RANGE,
          REASON_PREDICTION_INVALID,
          REASON_CRASH_LOOP,
          REASON_ENTRY_UNREADABLE ->
          ReasonKind.CALLER_EVENT;
      case REASON_REQUEST_EMPTY,
          REASON_REQUEST_TOO_LARGE,
          REASON_COLUMNS_MISMATCHED,
          REASON_DETECTOR_UNKNOWN,
          REASON_FEATURE_VERSION_UNSUPPORTED,
          REASON_FEATURES_INVALID,
          REASON_MODEL_UNKNOWN,
          REASON_TENSORS_INVALID,
          REASON_UNSUPPORTED,
          REASON_REQUEST_UNREADABLE ->
          ReasonKind.CALLER_REQUEST;
      case REASON_QUEUE_FULL, REASON_TIMEOUT_EXPIRED, REASON_WAIT_TOO_LONG -> ReasonKind.OVERLOAD;
      case REASON_MODEL_NOT_READY,
          REASON_DRAINING,
          REASON_INTERNAL,
          REASON_UNSPECIFIED,
          UNRECOGNIZED ->
          ReasonKind.OURS;
    };
  }

  /** The gRPC status code that {@code reason} travels under. */
  public static Status.Code codeOf(Reason reason) {
    return switch (reason) {
      case REASON_EVENT_EMPTY,
          REASON_EVENT_TOO_LARGE,
          REASON_SENSOR_UNKNOWN,
          REASON_TIME_OUT_OF_RANGE,
          REASON_TIME_UNSORTED,
          REASON_CHARGE_OUT_OF_RANGE,
          REASON_REQUEST_EMPTY,
          REASON_REQUEST_TOO_LARGE,
          REASON_COLUMNS_MISMATCHED,
          REASON_FEATURES_INVALID,
          REASON_TENSORS_INVALID,
          REASON_REQUEST_UNREADABLE ->
          Status.Code.INVALID_ARGUMENT;
      case REASON_EVENT_ID_DUPLICATE -> Status.Code.ALREADY_EXISTS;
      case REASON_DETECTOR_UNKNOWN, REASON_FEATURE_VERSION_UNSUPPORTED ->
          Status.Code.FAILED_PRECONDITION;
      case REASON_MODEL_UNKNOWN -> Status.Code.NOT_FOUND;
      case REASON_UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
      case REASON_QUEUE_FULL, REASON_WAIT_TOO_LONG -> Status.Code.RESOURCE_EXHAUSTED;
      case REASON_TIMEOUT_EXPIRED -> Status.Code.DEADLINE_EXCEEDED;
      case REASON_MODEL_NOT_READY, REASON_DRAINING -> Status.Code.UNAVAILABLE;
      case REASON_ENTRY_UNREADABLE -> Status.Code.DATA_LOSS;
      case REASON_CRASH_LOOP -> Status.Code.ABORTED;
      case REASON_PREDICTION_INVALID, REASON_INTERNAL -> Status.Code.INTERNAL;
      case REASON_UNSPECIFIED, UNRECOGNIZED -> Status.Code.UNKNOWN;
    };
  }

  /** Whether the same request may succeed when sent again. */
  public static boolean isRetryable(Reason reason) {
    return kindOf(reason).isRetryable();
  }

  /** The reason's name as ErrorInfo and metrics show it: {@code QUEUE_FULL}. */
  public static String nameOf(Reason reason) {
    return reason.name().startsWith(PREFIX)
        ? reason.name().substring(PREFIX.length())
        : reason.name();
  }

  /** The names of all reasons of these kinds, in the order of the contract. */
  public static List<String> namesOf(ReasonKind first, ReasonKind... others) {
    var kinds = EnumSet.of(first, others);
    return Arrays.stream(Reason.values())
        .filter(each -> each != Reason.REASON_UNSPECIFIED && each != Reason.UNRECOGNIZED)
        .filter(each -> kinds.contains(kindOf(each)))
        .map(Reasons::nameOf)
        .toList();
  }

  /** The reason that refuses an event with {@code defect}. */
  public static Reason of(EventDefect defect) {
    return switch (defect) {
      case EMPTY -> Reason.REASON_EVENT_EMPTY;
      case TOO_LARGE -> Reason.REASON_EVENT_TOO_LARGE;
      case SENSOR_UNKNOWN -> Reason.REASON_SENSOR_UNKNOWN;
      case TIME_OUT_OF_RANGE -> Reason.REASON_TIME_OUT_OF_RANGE;
      case TIME_UNSORTED -> Reason.REASON_TIME_UNSORTED;
      case CHARGE_OUT_OF_RANGE -> Reason.REASON_CHARGE_OUT_OF_RANGE;
    };
  }

  /** The status that carries {@code reason}, asking for {@link #RETRY_DELAY} on overload. */
  public static com.google.rpc.Status toStatus(Reason reason, String message) {
    return toStatus(reason, message, RETRY_DELAY);
  }

  /** The status that carries {@code reason}; {@code retryDelay} is only told on overload. */
  public static com.google.rpc.Status toStatus(Reason reason, String message, Duration retryDelay) {
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(codeOf(reason).value())
            .setMessage(StatusText.fit(message))
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(nameOf(reason)).build()));
    if (kindOf(reason) == ReasonKind.OVERLOAD) {
      var delay =
          com.google.protobuf.Duration.newBuilder()
              .setSeconds(retryDelay.getSeconds())
              .setNanos(retryDelay.getNano());
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
    }
    return status.build();
  }

  /** The status that carries the reason of {@code why}, with the delay it asks for. */
  public static com.google.rpc.Status toStatus(ReasonException why) {
    return toStatus(why.reason(), why.getMessage(), why.retryDelay());
  }

  /** What a unary call ends with because of {@code why}, with the delay it asks for. */
  public static StatusRuntimeException toException(ReasonException why) {
    return toException(why.reason(), why.getMessage(), why.retryDelay());
  }

  /** What a unary call ends with, asking for {@link #RETRY_DELAY} on overload. */
  public static StatusRuntimeException toException(Reason reason, String message) {
    return toException(reason, message, RETRY_DELAY);
  }

  /** What a unary call ends with; {@code retryDelay} is only told on overload. */
  public static StatusRuntimeException toException(
      Reason reason, String message, Duration retryDelay) {
    var trailers = new Metadata();
    if (kindOf(reason) == ReasonKind.OVERLOAD) {
      trailers.put(RETRY_PUSHBACK_MS, Long.toString(retryDelay.toMillis()));
    }
    return StatusProto.toStatusRuntimeException(toStatus(reason, message, retryDelay), trailers);
  }

  /**
   * The reason in {@code failure} or in what caused it: a {@link ReasonException}, or a gRPC status
   * with our ErrorInfo. Empty if it carries none, as a lost connection does.
   */
  public static Optional<Reason> reasonOf(Throwable failure) {
    @Nullable Throwable link = failure;
    for (int depth = 0; link != null && depth < CAUSES_MAX; depth++) {
      if (link instanceof ReasonException exception) {
        return Optional.of(exception.reason());
      }
      var reason = carriedBy(link);
      if (reason.isPresent()) {
        return reason;
      }
      link = link.getCause();
    }
    return Optional.empty();
  }

  /** Looks at {@code link} alone: StatusProto.fromThrowable never ends on a circle of causes. */
  private static Optional<Reason> carriedBy(Throwable link) {
    if (link instanceof StatusRuntimeException e) {
      return reasonOf(StatusProto.fromStatusAndTrailers(e.getStatus(), e.getTrailers()));
    }
    if (link instanceof StatusException e) {
      return reasonOf(StatusProto.fromStatusAndTrailers(e.getStatus(), e.getTrailers()));
    }
    return Optional.empty();
  }

  /**
   * The reason a status carries; empty if its ErrorInfo is absent, unreadable or of another domain.
   * A name that this build does not know is {@link Reason#UNRECOGNIZED}.
   */
  public static Optional<Reason> reasonOf(com.google.rpc.Status status) {
    return detail(status, ErrorInfo.class)
        .filter(info -> info.getDomain().equals(DOMAIN))
        .map(info -> named(info.getReason()));
  }

  /**
   * The delay that an overloaded server asks for, cut to {@link #RETRY_DELAY_MAX}; empty if it asks
   * for none, or for one that is no duration.
   */
  public static Optional<Duration> retryDelayOf(com.google.rpc.Status status) {
    return detail(status, RetryInfo.class).map(RetryInfo::getRetryDelay).flatMap(Reasons::bounded);
  }

  private static Optional<Duration> bounded(com.google.protobuf.Duration delay) {
    long seconds = delay.getSeconds();
    int nanos = delay.getNanos();
    if (seconds < 0 || nanos < 0 || nanos >= 1_000_000_000) {
      return Optional.empty();
    }
    return Optional.of(
        seconds >= RETRY_DELAY_MAX.toSeconds()
            ? RETRY_DELAY_MAX
            : Duration.ofSeconds(seconds, nanos));
  }

  private static Reason named(String name) {
    for (Reason reason : Reason.values()) {
      if (reason != Reason.UNRECOGNIZED && nameOf(reason).equals(name)) {
        return reason;
      }
    }
    return Reason.UNRECOGNIZED;
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          // A detail that cannot be read tells nothing; the status code still does.
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
