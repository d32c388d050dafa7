// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.stream.Completion;
import icecube.stream.EmbeddedRedis;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What inspect, reconcile and trim say of a real Redis, sound and with planted faults. */
@Timeout(60)
final class LookAfterIT {
  private static final String PREDICTIONS = "ic:{icecube.0}:predictions";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private EmbeddedRedis redis;
  private RedisClient client;
  private StatefulRedisConnection<String, byte[]> direct;
  private EventLog log;

  @BeforeEach
  void open() {
    redis = EmbeddedRedis.start(folder.resolve("redis"));
    client = RedisClient.create(redis.uri());
    direct = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube"));
  }

  @AfterEach
  void close() {
    log.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  private int execute(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine(Map.of("ICECUBE_REDIS", redis.uri()));
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    return commandLine.execute(arguments);
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(out.toString());
  }

  private void predict(int partition, long... ids) {
    EventEntry entry = Letters.entry(PayloadEncoding.PLAIN, ids);
    Letters.append(log, partition, entry);
    var batch = PredictionBatch.newBuilder();
    LongStream.of(ids).forEach(id -> batch.addPredictions(Prediction.newBuilder().setEventId(id)));
    try (var reader = log.openReader(partition, "c")) {
      var held = reader.readNew(1, Duration.ofSeconds(5)).get(0);
      var part = new OutcomePart(batch.build().toByteArray(), ids.length, held.digest());
      log.complete(partition, new Completion("c", held.id(), false, part, OutcomePart.NONE))
          .toCompletableFuture()
          .join();
    }
  }

  /** The simulator's events 1..30 as ten entries of three, all predicted. */
  private void fill() {
    for (int entry = 0; entry < 10; entry++) {
      predict(entry % 2, 3L * entry + 1, 3L * entry + 2, 3L * entry + 3);
    }
  }

  @Test
  void aLossADoubleAndAWrongIdAreEachNamed() throws Exception {
    fill();
    assertThat(execute("reconcile", "--events", "30", "--json")).as(out.toString()).isZero();
    var entries = direct.sync().xrange(PREDICTIONS, Range.unbounded());

    direct.sync().xdel(PREDICTIONS, entries.get(1).getId());
    direct.sync().xadd(PREDICTIONS, entries.get(2).getBody());
    var wrong = new HashMap<>(entries.get(3).getBody());
    var batch = PredictionBatch.parseFrom(wrong.get("d")).toBuilder();
    batch.getPredictionsBuilder(0).setEventId(999_999);
    wrong.put("d", batch.build().toByteArray());
    direct.sync().xdel(PREDICTIONS, entries.get(3).getId());
    direct.sync().xadd(PREDICTIONS, wrong);

    assertThat(execute("reconcile", "--events", "30", "--json")).isEqualTo(1);
    assertThat(json().get("missingIds").toString()).isEqualTo("[7,8,9,19]");
    assertThat(json().get("duplicateIds").toString()).isEqualTo("[13,14,15]");
    assertThat(json().get("foreignIds").toString()).isEqualTo("[999999]");
    assertThat(json().get("balanced").asBoolean()).isFalse();
    assertThat(execute("reconcile", "--events", "30")).isEqualTo(1);
    assertThat(out.toString())
        .contains("BROKEN", "missing ids: [7, 8, 9, 19]", "duplicate ids: [13, 14, 15]", "999999");
    assertThat(execute("reconcile")).as("without the source").isEqualTo(1);
  }

  @Test
  void waitingForAStreamThatNobodyServesEndsWithOneAndSaysWhatIsInFlight() {
    Letters.append(log, 0, Letters.entry(PayloadEncoding.PLAIN, 1));
    assertThat(execute("reconcile", "--wait", "0.3")).isEqualTo(1);
    assertThat(out.toString()).contains("in flight");
  }

  @Test
  void inspectShowsWhatWaitsAndThatNobodyReads() throws Exception {
    fill();
    for (int id = 100; id < 164; id++) {
      Letters.append(log, 1, Letters.entry(PayloadEncoding.PLAIN, id));
    }

    assertThat(execute("inspect", "--json")).isZero();
    JsonNode row = json().get("partitions").get(1);
    assertThat(row.get("inFlight").asLong()).isEqualTo(64);
    assertThat(row.get("events").get("entries").asLong()).isEqualTo(64);
    assertThat(row.get("events").get("groups").get(0).get("lag").asLong()).isEqualTo(64);
    assertThat(json().get("memoryUsedBytes").asLong()).isPositive();

    assertThat(execute("inspect")).isZero();
    assertThat(out.toString())
        .contains("partition 1: emitted 79 = predicted 15 + dead-lettered 0 + in flight 64")
        .contains("the queue is full and the emitter waits");
  }

  @Test
  void inspectNamesTheConsumerThatHoldsAnEntry() {
    Letters.append(log, 0, Letters.entry(PayloadEncoding.PLAIN, 1));
    try (var reader = log.openReader(0, "holder-1")) {
      assertThat(reader.readNew(1, Duration.ofSeconds(5))).hasSize(1);
    }
    assertThat(execute("inspect", "--partition", "0")).isZero();
    assertThat(out.toString()).contains("holder-1 holds 1, idle for").doesNotContain("partition 1");
  }

  @Test
  void inspectNamesDeadLetters() {
    Letters.bury(
        log,
        0,
        Letters.entry(PayloadEncoding.PLAIN, 1),
        List.of(Letters.letter(Reason.REASON_CRASH_LOOP, 1)));
    assertThat(execute("inspect")).isZero();
    assertThat(out.toString()).contains("dead-lettered: 1 of");
  }

  @Test
  void inspectOfANewStreamSeesNoProblem() {
    assertThat(execute("inspect")).isZero();
    assertThat(out.toString()).contains("no problem seen");
  }

  @Test
  @SuppressWarnings("unchecked") // Lettuce takes the streams to read as a generic array
  void trimRemovesWhatEveryGroupAcknowledgedAndReconcileStillHolds() throws Exception {
    fill();
    assertThat(execute("trim")).isZero();
    assertThat(out.toString()).contains("0 entries removed").contains("no group reads them");

    direct
        .sync()
        .xgroupCreate(
            StreamOffset.from(PREDICTIONS, "0"), "sink", XGroupCreateArgs.Builder.mkstream());
    var read =
        direct
            .sync()
            .xreadgroup(Consumer.from("sink", "s"), StreamOffset.lastConsumed(PREDICTIONS));
    assertThat(read).hasSize(5);
    String[] done = read.stream().limit(3).map(each -> each.getId()).toArray(String[]::new);
    direct.sync().xack(PREDICTIONS, "sink", done);

    assertThat(execute("trim", "--json")).isZero();
    JsonNode trimmed = json().get("partitions").get(0);
    assertThat(trimmed.get("removed").asInt()).isEqualTo(3);
    assertThat(trimmed.get("why").toString()).contains("not acknowledged 2 entries");
    assertThat(direct.sync().xrange(PREDICTIONS, Range.unbounded(), Limit.from(10))).hasSize(2);
    assertThat(execute("reconcile", "--json")).as(out.toString()).isZero();
    assertThat(json().get("trimmed").asLong()).isEqualTo(9);
  }
}
