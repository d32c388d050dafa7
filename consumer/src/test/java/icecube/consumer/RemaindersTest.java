// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** An event that a server fails at, and the others of its entry. */
class RemaindersTest extends ConsumerFixture {
  private final Set<Long> hard = ConcurrentHashMap.newKeySet();

  @Test
  void anEventThatAServerFailsAtDoesNotHoldItsNeighbours() {
    hard.add(3L);
    server.with(failingAt(hard::contains));
    stream.append(1, 2, 3, 4, 5);
    start(log, patient());
    Await.until("the neighbours", () -> stream.published() == 4);
    assertThat(stream.predictedIds()).containsExactly(1L, 2L, 4L, 5L);
    Await.until("counted", () -> setApart("INTERNAL") == 1);
    Await.until("it waits outside the window", () -> gauge("entries.parked") == 1);
    assertThat(retried("INTERNAL")).isGreaterThanOrEqualTo(2);
    hard.clear();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(5));
    assertThat(stream.deadLetters()).isEmpty();
    Await.until("nothing parked", () -> gauge("entries.parked") == 0);
  }

  @Test
  void moreSuchEventsThanTheWindowHasPlacesStopNothing() {
    LongStream.rangeClosed(1, 40).forEach(id -> hard.add(id * 5));
    server.with(failingAt(hard::contains));
    stream.appendAll(200, 5);
    start(log, patient().withWindow(4));
    Await.until("all others", () -> stream.published() == 160);
    Await.until("counted", () -> setApart("INTERNAL") == 40);
    stream.append(201, 202);
    Await.until("later ones, too", () -> stream.published() == 162);
    hard.clear();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(202));
  }

  @Test
  void whereNoMoreMayBeParkedTheOthersKeepTheirPlaceAndAreTriedOn() {
    hard.addAll(List.of(1L, 2L, 3L));
    server.with(failingAt(hard::contains));
    stream.appendAll(12, 4);
    start(log, patient().with(change -> change.parkedEntries = 1));
    Await.until("the others", () -> stream.published() == 9);
    Await.until("one parked", () -> gauge("entries.parked") == 1);
    Await.until("three tried on", () -> gauge("events.in.flight") == 3);
    hard.clear();
    stream.awaitBalance();
  }

  @Test
  void aRequestThatFailsAsAWholeIsTakenApartIfOthersSucceed() {
    hard.add(3L);
    server.with(
        (request, responses) -> {
          if (request.getFeatures().getEventIdList().contains(3L) && !hard.isEmpty()) {
            FakeModelServer.refuse(request, responses, Reason.REASON_INTERNAL);
          } else {
            FakeModelServer.predict(request, responses);
          }
        });
    stream.append(1, 2, 3, 4);
    start(log, patient());
    Await.until("tried in vain", () -> retried("INTERNAL") > 5);
    assertThat(stream.published()).as("it might be the server").isZero();
    // Another entry is predicted meanwhile: then it is not the server.
    stream.append(5, 6);
    Await.until("the neighbours", () -> stream.published() == 5);
    Await.until("counted", () -> setApart("INTERNAL") == 4);
    hard.clear();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(6));
  }

  @Test
  void aServerThatFailsAtEverythingSetsNothingApart() {
    server.with(failingAt(id -> true));
    stream.appendAll(8, 4);
    start(log, patient());
    Await.until("tried", () -> retried("INTERNAL") > 20);
    assertThat(setApart("INTERNAL")).isZero();
    server.with(FakeModelServer::predict);
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(8));
  }

  @Test
  void packedEntriesAreUnpackedAndTheirRemaindersPacked() {
    hard.add(2L);
    server.with(failingAt(hard::contains));
    var batch = TestStream.batch(ids(40).stream().map(TestStream::event).toList());
    append(PayloadEncoding.ZSTD.pack(batch.toByteArray()), 40);
    start(log, patient());
    Await.until("the neighbours", () -> stream.published() == 39);
    hard.clear();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
  }

  @Test
  void whatCannotBeUnpackedWithinTheBoundIsUnreadable() {
    byte[] broken = PayloadEncoding.ZSTD.pack(new byte[1_000]);
    append(java.util.Arrays.copyOf(broken, broken.length - 1), 2);
    append(claimingToBe(1L << 30), 3);
    append("no zstd".getBytes(java.nio.charset.StandardCharsets.UTF_8), 1);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters())
        .hasSize(6)
        .allSatisfy(
            letter -> assertThat(letter.getReason()).isEqualTo(Reason.REASON_ENTRY_UNREADABLE));
  }

  /** A frame of zstd (RFC 8878) that says how large it would be, and has nothing else. */
  private static byte[] claimingToBe(long size) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0xFD2FB528)
        .put((byte) 0xE0)
        .putLong(size)
        .array();
  }

  private void append(byte[] packed, int events) {
    long[] ids = LongStream.rangeClosed(1, events).toArray();
    var mark = log.openProducer(0, "test");
    var entry =
        new EventEntry(packed, events, EventDigest.of(ids), PayloadEncoding.ZSTD, OutcomePart.NONE);
    log.append(0, mark.epoch(), mark.lastSequence() + 1, List.of(entry), 100);
  }

  private ConsumerSettings patient() {
    return settings()
        .with(
            change -> {
              change.retryFirst = Duration.ofMillis(2);
              change.retryMax = Duration.ofMillis(20);
              change.parkedRetryMax = Duration.ofMillis(100);
            });
  }

  private double setApart(String reason) {
    return meters.counter("icecube.consumer.events.set.apart", "reason", reason).count();
  }

  private double gauge(String name) {
    return meters.get("icecube.consumer." + name).gauge().value();
  }

  private static FakeModelServer.Behaviour failingAt(LongPredicate fails) {
    return (PredictRequest request, StreamObserver<PredictResponse> responses) -> {
      var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
      for (long id : request.getFeatures().getEventIdList()) {
        response.addResults(
            fails.test(id)
                ? FakeModelServer.error(id, Reason.REASON_INTERNAL)
                : EventResult.newBuilder().setPrediction(FakeModelServer.prediction(id)).build());
      }
      responses.onNext(response.build());
    };
  }
}
