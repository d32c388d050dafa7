// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.Consumer;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one partition over a connection of its own, because a waiting read would hold up everything
 * behind it.
 *
 * <p>The connection does not come back by itself: Lettuce would repeat a lost "read new", and skip
 * the entries whose reply was lost. So the reader fails for good, and whoever opens the next one
 * starts from what is held.
 */
final class RedisEntryReader implements EventLog.EntryReader {
  private final RedisLink link;
  private final StatefulRedisConnection<String, byte[]> connection;
  private final String events;
  private final Consumer<String> consumer;
  private @Nullable EventLogException failure;
  private boolean isClosed;

  RedisEntryReader(RedisLink link, String events, String consumer) {
    this.link = link;
    this.events = events;
    this.consumer = Consumer.from(StreamKeys.GROUP, consumer);
    this.connection = link.openReaderConnection(events);
  }

  @Override
  public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
    String last = after.toString();
    while (true) {
      var messages = read(StreamOffset.from(events, last), countMax, Duration.ZERO);
      var entries = withBody(messages);
      if (!entries.isEmpty() || messages.isEmpty()) {
        return entries;
      }
      last = messages.get(messages.size() - 1).getId();
    }
  }

  @Override
  public List<DeliveredEntry> readNew(int countMax, Duration wait) {
    return withBody(read(StreamOffset.lastConsumed(events), countMax, wait));
  }

  private List<StreamMessage<String, byte[]>> read(
      StreamOffset<String> offset, int countMax, Duration wait) {
    if (failure != null) {
      throw new EventLogException("reader of " + events + ": has failed; open another", failure);
    }
    Arguments.checkCountMax(countMax);
    var arguments = XReadArgs.Builder.count(countMax);
    if (wait.toMillis() > 0) {
      arguments.block(wait); // BLOCK 0 would wait for ever
    }
    try {
      connection.setTimeout(wait.plus(RedisSettings.COMMAND_TIMEOUT));
      return link.onceAfter(
          "XREADGROUP", wait, connection.async().xreadgroup(consumer, arguments, only(offset)));
    } catch (EventLogException e) {
      failure = e;
      close();
      throw e;
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  private static StreamOffset<String>[] only(StreamOffset<String> offset) {
    return new StreamOffset[] {offset};
  }

  /** Entries whose body somebody has deleted are acknowledged; the account shows them missing. */
  private List<DeliveredEntry> withBody(List<StreamMessage<String, byte[]>> messages) {
    var entries = new ArrayList<DeliveredEntry>(messages.size());
    for (var message : messages) {
      var body = message.getBody();
      if (body == null || body.isEmpty()) {
        var unused = link.commands().xack(events, StreamKeys.GROUP, message.getId());
      } else {
        entries.add(EntryFields.delivered(message.getId(), body));
      }
    }
    return entries;
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      var unused = connection.closeAsync();
    }
  }
}
