// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.EntryFields.bytes;
import static icecube.stream.EntryFields.number;
import static icecube.stream.EntryFields.text;
import static java.util.Objects.requireNonNull;

import icecube.physics.DetectorGeometry;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The event log on Redis Streams.
 *
 * <p>The id of an entry the producer appends is {@code <sequence>-0}, so that the stream's own last
 * id is the only high-water mark; being pending in the one consumer group is the only mark of "not
 * yet published". Each operation is one script, atomic on the keys of one partition. While Redis is
 * away, blocking operations that may run twice are repeated for {@link
 * RedisSettings#COMMAND_TIMEOUT}, except {@link #claim}; {@link #complete} fails at once and may be
 * called again.
 */
public final class RedisEventLog implements EventLog {
  /** A name that holds no entry and was not used for so long is removed from the group. */
  public static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  private final RedisLink link;
  private final StreamKeys keys;
  private final RedisLeases leases;
  private final RedisUpkeep upkeep;
  private final int partitionCount;
  private final String caller = UUID.randomUUID().toString();
  private final AtomicLong ordinal = new AtomicLong();
  private final AtomicReference<@Nullable DetectorGeometry> lastGeometry = new AtomicReference<>();

  private RedisEventLog(RedisLink link, RedisSettings settings, boolean mayCreate) {
    this.link = link;
    this.keys = new StreamKeys(settings.stream());
    this.leases = new RedisLeases(link, keys);
    this.upkeep = new RedisUpkeep(link, keys);
    if (!mayCreate) {
      requireStream(settings.stream());
    }
    this.partitionCount = agreePartitions(settings.partitions(), mayCreate);
  }

  /**
   * Connects to the log, and creates it if it is new.
   *
   * @throws LogSettingsException if the stream has another number of partitions than asked for
   * @throws EventLogException if Redis cannot be reached or used; the message says what to do
   */
  public static RedisEventLog connect(RedisSettings settings) {
    return connect(settings, true);
  }

  /**
   * Connects to a log that is there, for those who look after it: a name that was misspelt makes no
   * keys.
   *
   * @throws LogSettingsException if it is not there, or has another number of partitions
   * @throws EventLogException as {@link #connect(RedisSettings)}
   */
  public static RedisEventLog connectExisting(RedisSettings settings) {
    return connect(settings, false);
  }

  /**
   * Gives every server our functions, as a user who may; emitters and consumers then need not.
   *
   * @throws EventLogException if Redis cannot be reached, or this user may not load functions
   */
  public static void prepare(RedisSettings settings) {
    try (var link = RedisLink.open(settings)) {
      link.once("FUNCTION LOAD", link.scripts().load(false));
    }
  }

  private static RedisEventLog connect(RedisSettings settings, boolean mayCreate) {
    var link = RedisLink.open(settings);
    try {
      return new RedisEventLog(link, settings, mayCreate);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private void requireStream(String stream) {
    String key = keys.partitionCount();
    if (link.ask("EXISTS " + key, () -> link.commands().exists(key)) == 0) {
      throw new LogSettingsException(
          "stream: %s (expected: one that an emitter or a consumer has opened on this Redis)"
              .formatted(stream));
    }
  }

  /**
   * Stores the number of partitions once; whoever comes later must agree. It looks first: a full
   * Redis refuses every SET, and whoever comes to make room must get in.
   */
  private int agreePartitions(OptionalInt asked, boolean mayCreate) {
    int wanted = asked.orElse(RedisSettings.PARTITION_COUNT_DEFAULT);
    String key = keys.partitionCount();
    if (mayCreate && link.ask("EXISTS " + key, () -> link.commands().exists(key)) == 0) {
      link.ask("SET " + key, () -> link.commands().set(key, bytes(wanted), SetArgs.Builder.nx()));
    }
    long stored = number(link.ask("GET " + key, () -> link.commands().get(key)));
    if (asked.isPresent() && asked.getAsInt() != stored) {
      throw new LogSettingsException(
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
    agreePartitions(OptionalInt.of(partitionCount), true);
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
    String[] partitionKeys = {
      keys.events(check(partition)), keys.meta(partition), keys.dead(partition)
    };
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
    return leases.complete(check(partition), completion);
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    return leases.renew(check(partition), consumer, ids);
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    return leases.release(check(partition), consumer, ids);
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    return leases.claim(check(partition), consumer, settings, lone);
  }

  @Override
  public Set<EntryId> leave(int partition, String consumer) {
    return leases.leave(check(partition), consumer);
  }

  @Override
  public List<String> meet(String consumer, Duration lease) {
    return leases.meet(consumer, lease);
  }

  @Override
  public void depart(String consumer) {
    leases.depart(consumer);
  }

  @Override
  public PartitionAccount account(int partition) {
    return upkeep.account(check(partition));
  }

  @Override
  public List<PublishedEntry> predictions(int partition, String afterId, int countMax) {
    return upkeep.published(keys.predictions(check(partition)), afterId, countMax);
  }

  @Override
  public List<PublishedEntry> deadLetters(int partition, String afterId, int countMax) {
    return upkeep.published(keys.dead(check(partition)), afterId, countMax);
  }

  @Override
  public boolean redrive(
      int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    return upkeep.redrive(check(partition), deadLetterId, entries, kept);
  }

  @Override
  public int trim(int partition, int countMax) {
    return upkeep.trim(check(partition), countMax);
  }

  @Override
  public PartitionGlance glance(int partition) {
    return upkeep.glance(check(partition));
  }

  @Override
  public PartitionInspection inspect(int partition) {
    return upkeep.inspect(check(partition));
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
