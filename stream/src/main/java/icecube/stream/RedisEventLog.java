// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.EntryFields.bytes;
import static icecube.stream.EntryFields.number;
import static icecube.stream.EntryFields.text;
import static java.util.Objects.requireNonNull;

import icecube.physics.DetectorGeometry;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The event log on Redis Streams.
 *
 * <p>The id of an entry is {@code <sequence>-0}, so that the stream's own last id is the only
 * high-water mark; being pending in the one consumer group is the only mark of "not yet published".
 * Each operation is one script, atomic on the keys of one partition. While Redis is away, blocking
 * operations that may run twice are repeated for {@link RedisSettings#COMMAND_TIMEOUT}, except
 * {@link #claim}; {@link #complete} fails at once and may be called again.
 */
public final class RedisEventLog implements EventLog {
  /** A name that holds no entry and was not used for so long is removed from the group. */
  public static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  private final RedisLink link;
  private final StreamKeys keys;
  private final int partitionCount;
  private final String caller = UUID.randomUUID().toString();
  private final AtomicLong ordinal = new AtomicLong();
  private final AtomicReference<@Nullable DetectorGeometry> lastGeometry = new AtomicReference<>();

  private RedisEventLog(RedisLink link, RedisSettings settings) {
    this.link = link;
    this.keys = new StreamKeys(settings.stream());
    this.partitionCount = agreePartitions(settings.partitions());
  }

  /**
   * Connects to the log, and creates it if it is new.
   *
   * @throws EventLogException if Redis cannot be reached or used, or the stream has another number
   *     of partitions than asked for; the message says what to do
   */
  public static RedisEventLog connect(RedisSettings settings) {
    var link = RedisLink.open(settings);
    try {
      return new RedisEventLog(link, settings);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  /** Stores the number of partitions once; whoever comes later must agree. */
  private int agreePartitions(OptionalInt asked) {
    int wanted = asked.orElse(RedisSettings.PARTITION_COUNT_DEFAULT);
    String key = keys.partitionCount();
    link.ask("SET " + key, () -> link.commands().set(key, bytes(wanted), SetArgs.Builder.nx()));
    long stored = number(link.ask("GET " + key, () -> link.commands().get(key)));
    if (asked.isPresent() && asked.getAsInt() != stored) {
      throw new EventLogException(
          "partitions: %d (expected: %d, as the stream has); leave the option out, or name another"
                  .formatted(asked.getAsInt(), stored)
              + " stream");
    }
    return Math.toIntExact(stored);
  }

  @Override
  public int partitionCount() {
    return partitionCount;
  }

  @Override
  public void putGeometry(DetectorGeometry geometry) {
    byte[] value = GeometryBytes.encode(geometry);
    lastGeometry.set(geometry);
    link.ask("HSET", () -> link.commands().hset(keys.geometries(), geometry.hash(), value));
  }

  @Override
  public Optional<DetectorGeometry> geometry(String hash) {
    return Optional.ofNullable(
            link.ask("HGET", () -> link.commands().hget(keys.geometries(), hash)))
        .map(value -> GeometryBytes.decode(value, hash));
  }

  /** As told there; also puts back what is kept beside the events, in case Redis has lost it. */
  @Override
  public ProducerMark openProducer(int partition, String fingerprint) {
    requireNonNull(fingerprint, "fingerprint");
    agreePartitions(OptionalInt.of(partitionCount));
    var geometry = lastGeometry.get();
    if (geometry != null) {
      putGeometry(geometry);
    }
    var reply =
        ask(
            Script.OPEN,
            new String[] {keys.events(check(partition)), keys.meta(partition)},
            bytes(StreamKeys.GROUP),
            bytes(fingerprint),
            bytes(caller),
            bytes(ordinal.incrementAndGet()));
    if (text(reply.get(0)).equals("MISMATCH")) {
      throw Arguments.otherSource(partition, fingerprint, text(reply.get(1)));
    }
    return new ProducerMark(number(reply.get(1)), number(reply.get(2)));
  }

  @Override
  public AppendResult append(
      int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    Arguments.checkAppend(firstSequence, entries, backlogMax);
    byte[][] arguments = EntryFields.append(epoch, firstSequence, entries, backlogMax);
    var partitionKeys = new String[] {keys.events(check(partition)), keys.meta(partition)};
    try {
      return appended(ask(Script.APPEND, partitionKeys, arguments));
    } catch (EventLogException e) {
      if (RedisFailures.isOutOfMemory(e.getCause())) {
        return new AppendResult(AppendResult.Status.BUSY, account(partition).lastSequence());
      }
      throw e;
    }
  }

  private static AppendResult appended(List<Object> reply) {
    return new AppendResult(AppendResult.Status.valueOf(text(reply.get(0))), number(reply.get(1)));
  }

  @Override
  public AppendResult finishProducer(int partition, long epoch, long entryCount) {
    var partitionKeys = new String[] {keys.events(check(partition)), keys.meta(partition)};
    var reply = ask(Script.FINISH, partitionKeys, bytes(epoch), bytes(entryCount));
    if (text(reply.get(0)).equals("BEYOND")) {
      throw Arguments.beyond(partition, entryCount, number(reply.get(1)));
    }
    return appended(reply);
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    requireNonNull(consumer, "consumer");
    var partitionKeys = new String[] {keys.events(check(partition)), keys.meta(partition)};
    ask(Script.JOIN, partitionKeys, bytes(StreamKeys.GROUP));
    return new RedisEntryReader(link, keys.events(partition), consumer);
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    String[] partitionKeys = {
      keys.events(check(partition)),
      keys.predictions(partition),
      keys.dead(partition),
      keys.meta(partition),
      keys.solo(partition)
    };
    return link.scripts()
        .call(Script.COMPLETE, partitionKeys, EntryFields.complete(completion))
        .handle(this::outcome)
        .thenCompose(Function.identity());
  }

  private CompletionStage<CompletionOutcome> outcome(
      @Nullable List<Object> reply, @Nullable Throwable failure) {
    return reply != null
        ? CompletableFuture.completedStage(CompletionOutcome.valueOf(text(reply.get(0))))
        : CompletableFuture.failedStage(
            link.failed(Script.COMPLETE.functionName(), requireNonNull(failure, "failure")));
  }

  @Override
  public Set<Long> renew(int partition, String consumer, Collection<Long> sequences) {
    if (sequences.isEmpty()) {
      return Set.of();
    }
    var partitionKeys = new String[] {keys.events(check(partition))};
    return EntryFields.sequences(
        ask(Script.RENEW, partitionKeys, EntryFields.held(sequences, StreamKeys.GROUP, consumer)));
  }

  @Override
  public Set<Long> release(int partition, String consumer, Collection<Long> sequences) {
    if (sequences.isEmpty()) {
      return Set.of();
    }
    var partitionKeys = new String[] {keys.events(check(partition)), keys.solo(partition)};
    return EntryFields.sequences(
        ask(
            Script.RELEASE,
            partitionKeys,
            EntryFields.held(sequences, StreamKeys.GROUP, consumer, StreamKeys.NOBODY)));
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    var reply =
        link.once(
            Script.CLAIM.functionName(),
            link.scripts()
                .call(
                    Script.CLAIM,
                    new String[] {keys.events(check(partition)), keys.solo(partition)},
                    bytes(StreamKeys.GROUP),
                    bytes(consumer),
                    bytes(settings.lease().toMillis()),
                    bytes(settings.countMax()),
                    bytes(settings.suspectAt()),
                    bytes(settings.loneDeliveriesMax()),
                    bytes(lone ? 1 : 0)));
    var entries = ((List<?>) reply.get(2)).stream().map(EntryFields::claimed).toList();
    return new Claim(
        Claim.Kind.valueOf(text(reply.get(0))), Math.toIntExact(number(reply.get(1))), entries);
  }

  @Override
  public void leave(int partition, String consumer) {
    ask(
        Script.LEAVE,
        new String[] {keys.events(check(partition))},
        bytes(StreamKeys.GROUP),
        bytes(consumer),
        bytes(ABANDONED_AFTER.toMillis()));
  }

  @Override
  public PartitionAccount account(int partition) {
    String[] partitionKeys = {
      keys.events(check(partition)),
      keys.predictions(partition),
      keys.dead(partition),
      keys.meta(partition)
    };
    return EntryFields.account(ask(Script.ACCOUNT, partitionKeys, bytes(StreamKeys.GROUP)));
  }

  @Override
  public List<PublishedEntry> predictions(int partition, String afterId, int countMax) {
    return published(keys.predictions(check(partition)), afterId, countMax);
  }

  @Override
  public List<PublishedEntry> deadLetters(int partition, String afterId, int countMax) {
    return published(keys.dead(check(partition)), afterId, countMax);
  }

  private List<PublishedEntry> published(String key, String afterId, int countMax) {
    Arguments.checkCountMax(countMax);
    var after =
        afterId.isEmpty() ? Range.Boundary.<String>unbounded() : Range.Boundary.excluding(afterId);
    var range = Range.from(after, Range.Boundary.<String>unbounded());
    List<StreamMessage<String, byte[]>> messages =
        link.ask("XRANGE", () -> link.commands().xrange(key, range, Limit.from(countMax)));
    return messages.stream()
        .map(message -> EntryFields.published(message.getId(), message.getBody()))
        .toList();
  }

  @Override
  public void check() {
    link.once("PING", link.commands().ping());
  }

  private List<Object> ask(Script script, String[] partitionKeys, byte[]... arguments) {
    return link.ask(
        script.functionName(), () -> link.scripts().call(script, partitionKeys, arguments));
  }

  private int check(int partition) {
    return Arguments.checkPartition(partition, partitionCount);
  }

  @Override
  public void close() {
    link.close();
  }
}
