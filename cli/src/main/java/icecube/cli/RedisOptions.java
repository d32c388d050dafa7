// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the stream is: the same three flags in every command that reads or writes it. */
final class RedisOptions {
  /** The schemes that the client knows; it checks what follows. */
  private static final Pattern URI = Pattern.compile("redis(s|-socket|-sentinel)?://.+");

  @Option(
      names = "--redis",
      paramLabel = "URI",
      defaultValue = "redis://127.0.0.1:6379",
      description = "the Redis server (default: ${DEFAULT-VALUE})")
  private String redis = "";

  @Option(
      names = "--stream",
      paramLabel = "NAME",
      defaultValue = "icecube",
      description = "name of the stream, one per source (default: ${DEFAULT-VALUE})")
  private String stream = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "partitions of the stream (default: as it was made, 2 for a new one)")
  private @Nullable Integer partitions;

  RedisSettings settings() {
    RedisSettings settings =
        SettingException.checked(
            () ->
                new RedisSettings(
                    redis,
                    stream,
                    partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions)));
    if (!URI.matcher(redis).matches()) {
      throw new SettingException(
          "--redis: "
              + settings.maskedUri()
              + " (expected: redis://[:password@]host[:port]);"
              + " rediss:// for TLS");
    }
    return settings;
  }

  /** Opens a stream that is there; a name that was misspelt makes no keys. */
  EventLog openExisting() {
    return RedisEventLog.connectExisting(settings());
  }

  /** The partition that {@code --partition} names, if it does; checks that the stream has it. */
  static OptionalInt partitionOf(EventLog log, @Nullable Integer partition) {
    if (partition == null) {
      return OptionalInt.empty();
    }
    if (partition < 0 || partition >= log.partitionCount()) {
      throw new SettingException(
          "--partition: " + partition + " (expected: 0.." + (log.partitionCount() - 1) + ")");
    }
    return OptionalInt.of(partition);
  }
}
