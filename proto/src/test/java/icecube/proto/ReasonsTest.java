// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import icecube.physics.EventDefect;
import icecube.v1.Reason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReasonsTest {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  @ParameterizedTest
  @CsvSource({
    "EVENT_EMPTY,                 CALLER_EVENT,   INVALID_ARGUMENT",
    "EVENT_TOO_LARGE,             CALLER_EVENT,   INVALID_ARGUMENT",
    "EVENT_ID_DUPLICATE,          CALLER_EVENT,   ALREADY_EXISTS",
    "SENSOR_UNKNOWN,              CALLER_EVENT,   INVALID_ARGUMENT",
    "TIME_OUT_OF_RANGE,           CALLER_EVENT,   INVALID_ARGUMENT",
    "TIME_UNSORTED,               CALLER_EVENT,   INVALID_ARGUMENT",
    "CHARGE_OUT_OF_RANGE,         CALLER_EVENT,   INVALID_ARGUMENT",
    "PREDICTION_INVALID,          CALLER_EVENT,   INTERNAL",
    "CRASH_LOOP,                  CALLER_EVENT,   ABORTED",
    "ENTRY_UNREADABLE,            CALLER_EVENT,   DATA_LOSS",
    "REQUEST_EMPTY,               CALLER_REQUEST, INVALID_ARGUMENT",
    "REQUEST_TOO_LARGE,           CALLER_REQUEST, INVALID_ARGUMENT",
    "COLUMNS_MISMATCHED,          CALLER_REQUEST, INVALID_ARGUMENT",
    "DETECTOR_UNKNOWN,            CALLER_REQUEST, FAILED_PRECONDITION",
    "FEATURE_VERSION_UNSUPPORTED, CALLER_REQUEST, FAILED_PRECONDITION",
    "FEATURES_INVALID,            CALLER_REQUEST, INVALID_ARGUMENT",
    "MODEL_UNKNOWN,               CALLER_REQUEST, NOT_FOUND",
    "TENSORS_INVALID,             CALLER_REQUEST, INVALID_ARGUMENT",
    "UNSUPPORTED,                 CALLER_REQUEST, UNIMPLEMENTED",
    "REQUEST_UNREADABLE,          CALLER_REQUEST, INVALID_ARGUMENT",
    "QUEUE_FULL,                  OVERLOAD,       RESOURCE_EXHAUSTED",
    "TIMEOUT_EXPIRED,             OVERLOAD,       DEADLINE_EXCEEDED",
    "WAIT_TOO_LONG,               OVERLOAD,       RESOURCE_EXHAUSTED",
    "MODEL_NOT_READY,             OURS,           UNAVAILABLE",
    "DRAINING,                    OURS,           UNAVAILABLE",
    "INTERNAL,                    OURS,           INTERNAL",
    "UNSPECIFIED,                 OURS,           UNKNOWN",
  })
  void everyReasonHasItsKindAndItsStatusCode(String name, ReasonKind kind, Status.Code code) {
    var reason = Reason.valueOf("REASON_" + name);

    assertThat(Reasons.kindOf(reason)).isEqualTo(kind);
    assertThat(Reasons.codeOf(reason)).isEqualTo(code);
    assertThat(Reasons.nameOf(reason)).isEqualTo(name);
    assertThat(Reasons.isRetryable(reason))
        .isEqualTo(kind == ReasonKind.OVERLOAD || kind == ReasonKind.OURS);
  }

  @Test
  void theTableAboveLeavesNoReasonOut() throws ReflectiveOperationException {
    var table =
        ReasonsTest.class
            .getDeclaredMethod(
                "everyReasonHasItsKindAndItsStatusCode",
                String.class,
                ReasonKind.class,
                Status.Code.class)
            .getAnnotation(CsvSource.class)
            .value();

    assertThat(Arrays.stream(table).map(row -> "REASON_" + row.split(",", -1)[0].strip()))
        .containsExactlyInAnyOrderElementsOf(knownReasons().map(Reason::name).toList());
  }

  @ParameterizedTest
  @MethodSource("knownReasons")
  void aReasonSurvivesTheWayThroughAStatusAndAnException(Reason reason) {
    var status = Reasons.toStatus(reason, "value: 1 (expected: 2)");
    var exception = Reasons.toException(reason, "value: 1 (expected: 2)");

    assertThat(Reasons.reasonOf(status)).contains(reason);
    assertThat(Reasons.reasonOf(exception)).contains(reason);
    assertThat(Reasons.reasonOf(new ReasonException(reason, "why"))).contains(reason);
    assertThat(exception.getStatus().getCode()).isEqualTo(Reasons.codeOf(reason));
    assertThat(exception.getStatus().getDescription()).isEqualTo("value: 1 (expected: 2)");
  }

  @ParameterizedTest
  @MethodSource("knownReasons")
  void onlyOverloadAsksToStayAwayForAWhile(Reason reason) {
    var delay = Duration.ofMillis(250);
    var status = Reasons.toStatus(reason, "full", delay);
    var trailers = Reasons.toException(reason, "full", delay).getTrailers();

    if (Reasons.kindOf(reason) == ReasonKind.OVERLOAD) {
      assertThat(Reasons.retryDelayOf(status)).contains(delay);
      assertThat(trailers.get(Reasons.RETRY_PUSHBACK_MS)).isEqualTo("250");
    } else {
      assertThat(Reasons.retryDelayOf(status)).isEmpty();
      assertThat(trailers.containsKey(Reasons.RETRY_PUSHBACK_MS)).isFalse();
    }
  }

  @Test
  void aServerCannotSendItsCallerAwayForLongerThanAMinute() {
    assertThat(Reasons.retryDelayOf(asking(59, 999_999_999)))
        .contains(Duration.ofSeconds(59, 999_999_999));
    assertThat(Reasons.retryDelayOf(asking(61, 0))).contains(Reasons.RETRY_DELAY_MAX);
    assertThat(Reasons.retryDelayOf(asking(Long.MAX_VALUE, 999_999_999)))
        .contains(Reasons.RETRY_DELAY_MAX);
    assertThat(Reasons.retryDelayOf(asking(-1, 0))).isEmpty();
    assertThat(Reasons.retryDelayOf(asking(0, -1))).isEmpty();
    assertThat(Reasons.retryDelayOf(asking(Long.MAX_VALUE, Integer.MAX_VALUE))).isEmpty();
  }

  private static com.google.rpc.Status asking(long seconds, int nanos) {
    var delay = com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(nanos);
    return com.google.rpc.Status.newBuilder()
        .addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()))
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "%", "\n", "\u00e9", "\u2026", "\ud83e\uddca"})
  void aMessageOfAnyLengthFitsTheTrailersOfAnyClient(String letter) {
    var exception = Reasons.toException(Reason.REASON_QUEUE_FULL, letter.repeat(100_000));

    var trailers = exception.getTrailers();
    assertThat(trailers).isNotNull();
    int bytes =
        URLEncoder.encode(exception.getStatus().getDescription(), StandardCharsets.UTF_8).length();
    for (byte[] detail : trailers.getAll(DETAILS)) {
      bytes += (detail.length + 2) / 3 * 4;
    }
    assertThat(bytes).isBetween(2_048, 6_000);
    assertThat(exception.getStatus().getDescription()).startsWith(letter).endsWith(letter + "...");
    assertThat(Reasons.reasonOf(exception)).contains(Reason.REASON_QUEUE_FULL);
  }

  @ParameterizedTest
  @EnumSource(EventDefect.class)
  void everyDefectOfAnEventHasAReasonOfTheCallersEvent(EventDefect defect) {
    var reason = Reasons.of(defect);

    assertThat(Reasons.kindOf(reason)).isEqualTo(ReasonKind.CALLER_EVENT);
    assertThat(Reasons.nameOf(reason)).endsWith(defect.name());
  }

  @Test
  void aReasonIsFoundBehindWhatWrapsIt() {
    var wrapped =
        new ExecutionException(
            new IllegalStateException(Reasons.toException(Reason.REASON_QUEUE_FULL, "full")));

    assertThat(Reasons.reasonOf(wrapped)).contains(Reason.REASON_QUEUE_FULL);
  }

  @Test
  void aCircleOfCausesEnds() {
    var first = new IllegalStateException("first");
    var second = new IllegalStateException("second", first);
    first.initCause(second);

    assertThat(Reasons.reasonOf(first)).isEmpty();
  }

  @Test
  void aLostConnectionCarriesNoReason() {
    assertThat(Reasons.reasonOf(Status.UNAVAILABLE.asRuntimeException())).isEmpty();
    assertThat(Reasons.reasonOf(new StatusRuntimeException(Status.UNKNOWN, new Metadata())))
        .isEmpty();
  }

  @Test
  void anotherDomainsReasonIsNotOurs() {
    var info = ErrorInfo.newBuilder().setDomain("googleapis.com").setReason("QUEUE_FULL").build();
    var status = com.google.rpc.Status.newBuilder().setCode(8).addDetails(Any.pack(info)).build();

    assertThat(Reasons.reasonOf(status)).isEmpty();
    assertThat(Reasons.reasonOf(StatusProto.toStatusRuntimeException(status))).isEmpty();
  }

  @Test
  void aReasonOfANewerPeerIsUnrecognizedAndWorthARetry() {
    var info = ErrorInfo.newBuilder().setDomain(Reasons.DOMAIN).setReason("SUN_TOO_BRIGHT");
    var status =
        com.google.rpc.Status.newBuilder().setCode(13).addDetails(Any.pack(info.build())).build();

    assertThat(Reasons.reasonOf(status)).contains(Reason.UNRECOGNIZED);
    assertThat(Reasons.isRetryable(Reason.UNRECOGNIZED)).isTrue();
  }

  @Test
  void anUnreadableDetailTellsNothing() {
    var torn =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/google.rpc.ErrorInfo")
            .setValue(ByteString.copyFrom(new byte[] {10, 127, 1}))
            .build();
    var status = com.google.rpc.Status.newBuilder().setCode(13).addDetails(torn).build();

    assertThat(Reasons.reasonOf(status)).isEmpty();
  }

  static Stream<Reason> knownReasons() {
    return Arrays.stream(Reason.values()).filter(reason -> reason != Reason.UNRECOGNIZED);
  }
}
