// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import icecube.chassis.Closer;
import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends malformed requests to Predict and ModelInfer of a real model server on loopback, and holds
 * every answer to {@link FuzzAnswers}, the process to {@link #GROWTH_MAX}.
 *
 * <p>A program: {@code java -Xms128m -Xmx128m -XX:+AlwaysPreTouch -cp
 * cli/target/icecube/icecube.jar:model-server/target/test-classes -Dbasedir=model-server
 * icecube.modelserver.ServerFuzz [messages [seed]]}. Message {@code i} is made of {@code seed + i}
 * alone, so the arguments {@code 1 SEED} repeat any one of them. Exit code 1 if anything was wrong.
 * The options fix the heap, which would otherwise hide what grows beside it.
 */
final class ServerFuzz {
  private static final int IN_FLIGHT = 64;
  private static final int WORKERS = 2;
  private static final long DEADLINE_SECONDS = 60;

  /** After this part of the messages, pools have their sizes; what grows later is a leak. */
  private static final int WARM_UP_PART = 4;

  /** A leak of 32 bytes a message is about as much, if there are a million. */
  private static final ProcessMemory GROWTH_MAX =
      new ProcessMemory(24L << 20, 4L << 20, 8L << 20, 4, 4);

  private final FuzzRequest.Source requests = new FuzzRequest.Source();
  private final FuzzAnswers answers = new FuzzAnswers();
  private final Semaphore free = new Semaphore(IN_FLIGHT);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  public static void main(String[] arguments) throws InterruptedException {
    long messages = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
    long seed = arguments.length > 1 ? Long.decode(arguments[1]) : System.nanoTime();
    System.out.printf(Locale.ROOT, "%,d messages, seed 0x%x%n", messages, seed);
    long begin = System.nanoTime();
    var outcome = new ServerFuzz().run(messages, seed);
    outcome
        .answers()
        .counts()
        .forEach((what, count) -> System.out.printf(Locale.ROOT, "%,12d  %s%n", count, what));
    outcome.answers().wrong().forEach(System.out::println);
    System.out.printf(
        Locale.ROOT,
        "at first  %s%ngrown by  %s%nat most   %s%n%,d wrong answers, %.1f s%n",
        outcome.before(),
        outcome.growth(),
        GROWTH_MAX,
        outcome.answers().wrongCount(),
        (System.nanoTime() - begin) / 1e9);
    boolean isSound = outcome.answers().wrongCount() == 0 && outcome.growth().isWithin(GROWTH_MAX);
    System.out.println(isSound ? "PASSED" : "FAILED");
    System.exit(isSound ? 0 : 1);
  }

  /**
   * How it went.
   *
   * @param before what the process held after the first part of the messages
   * @param growth what it held more after the last
   */
  record Outcome(FuzzAnswers answers, ProcessMemory before, ProcessMemory growth) {}

  Outcome run(long messages, long seed) throws InterruptedException {
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0),
            Optional.of(Samples.MODELS),
            FuzzRequest.MODEL,
            Samples.GEOMETRY,
            WORKERS,
            ModelServerSettings.QUEUE_EVENTS_MAX);
    try (var closer = new Closer()) {
      var server = closer.add(ModelServer.start(settings, Telemetry.of(meters)));
      var channel = GrpcChannels.open("127.0.0.1:" + server.port());
      closer.add(
          () -> {
            channel.shutdownNow();
            channel.awaitTermination(5, TimeUnit.SECONDS);
          });
      send(channel, seed, messages / WARM_UP_PART);
      var before = ProcessMemory.now();
      send(channel, seed + messages / WARM_UP_PART, messages - messages / WARM_UP_PART);
      return new Outcome(answers, before, ProcessMemory.now().since(before));
    }
  }

  /** How many requests the server has counted as no message. */
  long unreadableCount() {
    var refused =
        meters.get("icecube.chassis.requests.refused").tag("reason", "REQUEST_UNREADABLE");
    return (long) refused.counter().count();
  }

  private void send(ManagedChannel channel, long seed, long count) throws InterruptedException {
    for (long next = seed; next < seed + count; next++) {
      acquire(1);
      var request = requests.next(next);
      var call =
          channel.newCall(
              request.method().toBuilder(Bytes.PLAIN, Bytes.PLAIN).build(),
              CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
      ClientCalls.asyncUnaryCall(call, request.bytes(), new Answer(next, request));
    }
    acquire(IN_FLIGHT);
    free.release(IN_FLIGHT);
  }

  private void acquire(int permits) throws InterruptedException {
    if (!free.tryAcquire(permits, 2 * DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("answers: missing (expected: one for each message)");
    }
  }

  private final class Answer implements StreamObserver<ByteString> {
    private final long seed;
    private final FuzzRequest request;

    Answer(long seed, FuzzRequest request) {
      this.seed = seed;
      this.request = request;
    }

    @Override
    public void onNext(ByteString message) {
      answers.answered(seed, request, message);
    }

    @Override
    public void onError(Throwable failure) {
      answers.failed(
          seed,
          request,
          failure instanceof StatusRuntimeException status
              ? status
              : Status.fromThrowable(failure).asRuntimeException());
      free.release();
    }

    @Override
    public void onCompleted() {
      free.release();
    }
  }

  /** Messages as they are. */
  private enum Bytes implements MethodDescriptor.Marshaller<ByteString> {
    PLAIN;

    @Override
    public InputStream stream(ByteString value) {
      return value.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      try {
        return ByteString.readFrom(stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
