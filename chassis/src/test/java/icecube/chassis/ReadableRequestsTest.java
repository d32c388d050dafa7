// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import icecube.otel.Meters;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no message cost one call its answer, and the log nothing. */
class ReadableRequestsTest {
  private static final Logger GRPC = Logger.getLogger("io.grpc");
  private static final Struct SOUND =
      Struct.newBuilder()
          .putFields("key", Value.newBuilder().setStringValue("value").build())
          .build();

  private final Closer closer = new Closer();
  private final BytesService service = new BytesService();
  private final Words words = new Words();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ManagedChannel channel;

  @BeforeEach
  void serve() {
    GRPC.addHandler(words);
    closer.add(() -> GRPC.removeHandler(words));
    var settings = ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ZERO);
    var server = closer.add(GrpcServer.start(settings, List.of(service), Meters.of(meters)));
    channel = GrpcChannels.open(server.address());
    closer.add(channel::shutdownNow);
  }

  @AfterEach
  void close() {
    closer.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff", // a tag that does not end
        "00", // field 0
        "0a05", // five bytes, of which none comes
        "0a8080808008", // two gigabytes
        "0affffffff0f", // less than nothing
        "0a040a02c328", // a key that is no UTF-8
        "07", // wire type 7
        "0c", // the end of a group that never began
        "0b0b0b0b", // groups that never end
        "80808080808080808080ff", // a number that does not end
      })
  void whatIsNoMessageIsRefusedWithItsReason(String hex) {
    assertUnreadable(bytes(hex));

    assertThat(refused("REQUEST_UNREADABLE")).isEqualTo(1);
    Threads.await(() -> service.open.get() == 0, "the service lets go of the call");
    assertThat(service.taken.get()).isZero();
    assertServes();
    assertThat(words.said).isEmpty();
  }

  @Test
  void aMessageCutShortAnywhereIsRefused() {
    byte[] whole = SOUND.toByteArray();
    for (int length = 1; length < whole.length; length++) {
      assertUnreadable(new ByteArrayInputStream(whole, 0, length));
    }
    assertServes();
    assertThat(words.said).isEmpty();
  }

  @Test
  void theAnswerSaysWhatWasExpected() {
    assertThatThrownBy(() -> BytesService.call(channel, bytes("ff"), CallOptions.DEFAULT))
        .hasMessage(
            "INVALID_ARGUMENT: message: cannot be read (expected: a request of"
                + " icecube.test.Bytes/Take as protobuf, whole and nested at most 100 deep)");
  }

  @Test
  void packedBytesThatAreNoMessageAreRefused() {
    assertUnreadable(
        bytes("ff"), HealthGrpc.getCheckMethod(), CallOptions.DEFAULT.withCompression("gzip"));
  }

  @Test
  void healthIsAskedNoFurtherEither() {
    assertUnreadable(bytes("0aff"), HealthGrpc.getCheckMethod(), CallOptions.DEFAULT);
    assertThat(words.said).isEmpty();
  }

  @Test
  void reflectionEndsAtTheFirstMessageThatIsNone() throws Exception {
    var answers = new StreamAnswers();
    var stream =
        BytesService.talk(channel, ServerReflectionGrpc.getServerReflectionInfoMethod(), answers);

    stream.onNext(bytes("ff"));

    assertThat(answers.end()).contains(Reason.REASON_REQUEST_UNREADABLE);
    assertThat(words.said).isEmpty();
  }

  @Test
  void aStreamEndsAtTheFirstMessageThatIsNone() throws Exception {
    var answers = new StreamAnswers();
    var stream = BytesService.talk(channel, answers);
    stream.onNext(new ByteArrayInputStream(SOUND.toByteArray()));
    var talk = service.talks.poll(10, TimeUnit.SECONDS);
    assertThat(talk).isNotNull();
    Threads.await(() -> service.taken.get() == 1, "the first message arrives");

    stream.onNext(bytes("ff"));
    stream.onNext(new ByteArrayInputStream(SOUND.toByteArray()));
    stream.onCompleted();

    assertThat(answers.end()).contains(Reason.REASON_REQUEST_UNREADABLE);
    assertThat(refused("REQUEST_UNREADABLE")).isEqualTo(1);
    Threads.await(() -> service.gone.get() == 1, "the service hears that its caller went");
    assertThat(service.taken.get()).isEqualTo(1);
    // As a worker would that does not know yet.
    talk.onNext(SOUND);
    talk.onCompleted();
    assertServes();
    assertThat(answers.count()).isZero();
    assertThat(words.said).isEmpty();
  }

  @Test
  void aStreamOfSoundMessagesIsLeftAlone() throws Exception {
    var answers = new StreamAnswers();
    var stream = BytesService.talk(channel, answers);
    for (int message = 0; message < 3; message++) {
      stream.onNext(new ByteArrayInputStream(SOUND.toByteArray()));
    }
    var talk = service.talks.poll(10, TimeUnit.SECONDS);
    assertThat(talk).isNotNull();
    talk.onNext(SOUND);
    stream.onCompleted();

    assertThat(answers.end()).isEmpty();
    assertThat(answers.count()).isEqualTo(1);
    assertThat(service.taken.get()).isEqualTo(3);
    assertThat(refused("REQUEST_UNREADABLE") + refused("REQUEST_TOO_LARGE")).isZero();
  }

  private double refused(String reason) {
    return meters.get("icecube.chassis.requests.refused").tag("reason", reason).counter().count();
  }

  private static InputStream bytes(String hex) {
    return new ByteArrayInputStream(HexFormat.of().parseHex(hex));
  }

  private void assertUnreadable(InputStream message) {
    assertThatThrownBy(() -> BytesService.call(channel, message, CallOptions.DEFAULT))
        .satisfies(ReadableRequestsTest::assertUnreadable);
  }

  private void assertUnreadable(
      InputStream message, MethodDescriptor<?, ?> method, CallOptions options) {
    assertThatThrownBy(() -> BytesService.call(channel, method, message, options))
        .satisfies(ReadableRequestsTest::assertUnreadable);
  }

  private static void assertUnreadable(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    assertThat(Reasons.reasonOf(failure)).contains(Reason.REASON_REQUEST_UNREADABLE);
  }

  private void assertServes() {
    int before = service.taken.get();
    BytesService.call(channel, new ByteArrayInputStream(SOUND.toByteArray()), CallOptions.DEFAULT);
    assertThat(service.taken.get()).isEqualTo(before + 1);
  }

  /** How a stream went. */
  private static final class StreamAnswers implements StreamObserver<InputStream> {
    private final AtomicInteger messages = new AtomicInteger();
    private final CompletableFuture<Optional<Reason>> end = new CompletableFuture<>();

    @Override
    public void onNext(InputStream message) {
      messages.incrementAndGet();
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Reasons.reasonOf(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Optional.empty());
    }

    int count() {
      return messages.get();
    }

    /** The reason it ended with; empty if all was well. */
    Optional<Reason> end() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }
  }

  /** What gRPC has to say, beginning with warnings. */
  private static final class Words extends Handler {
    final Queue<String> said = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
        said.add(entry.getLoggerName() + ": " + entry.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
