// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.EntryFields.bytes;
import static icecube.stream.EntryFields.number;
import static icecube.stream.EntryFields.text;
import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What consumers do with entries they hold, and with each other, on Redis: the part of {@link
 * RedisEventLog} that is about leases. Thread-safe; partitions are checked by the caller.
 */
final class RedisLeases {
  private final RedisLink link;
  private final StreamKeys keys;

  RedisLeases(RedisLink link, StreamKeys keys) {
    this.link = link;
    this.keys = keys;
  }

  CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    String[] partitionKeys = {
      keys.events(partition),
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

  Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    return EntryFields.ids(
        ask(
            Script.RENEW,
            new String[] {keys.events(partition)},
            EntryFields.held(ids, StreamKeys.GROUP, consumer)));
  }

  Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    return EntryFields.ids(
        ask(
            Script.RELEASE,
            new String[] {keys.events(partition), keys.solo(partition)},
            EntryFields.held(ids, StreamKeys.GROUP, consumer, StreamKeys.NOBODY)));
  }

  /** Once: claiming twice would hand out twice as much. */
  Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    var reply =
        link.once(
            Script.CLAIM.functionName(),
            link.scripts()
                .call(
                    Script.CLAIM,
                    new String[] {keys.events(partition), keys.solo(partition)},
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

  Set<EntryId> leave(int partition, String consumer) {
    return EntryFields.ids(
        ask(
            Script.LEAVE,
            new String[] {keys.events(partition), keys.solo(partition)},
            bytes(StreamKeys.GROUP),
            bytes(consumer),
            bytes(StreamKeys.NOBODY),
            bytes(RedisEventLog.ABANDONED_AFTER.toMillis())));
  }

  List<String> meet(String consumer, Duration lease) {
    return ask(
            Script.MEET,
            new String[] {keys.consumers()},
            bytes(consumer),
            bytes(Arguments.leaseMillis(lease)))
        .stream()
        .map(EntryFields::text)
        .sorted()
        .toList();
  }

  void depart(String consumer) {
    link.ask("ZREM", () -> link.commands().zrem(keys.consumers(), bytes(consumer)));
  }

  private List<Object> ask(Script script, String[] partitionKeys, byte[]... arguments) {
    return link.ask(
        script.functionName(), () -> link.scripts().call(script, partitionKeys, arguments));
  }
}
