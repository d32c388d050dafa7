// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSecurity;
import icecube.stream.RedisSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the stream is: the same flags in every command that reads or writes it. */
final class RedisOptions {
  /** The schemes that the client knows; it checks what follows. */
  private static final Pattern URI = Pattern.compile("redis(s|-socket|s?-sentinel)?://.+");

  @Option(
      names = "--redis",
      paramLabel = "URI",
      defaultValue = "redis://127.0.0.1:6379",
      description =
          "the Redis server, rediss:// for TLS; of a Cluster some servers,"
              + " redis://HOST:PORT,HOST:PORT; of Sentinels"
              + " redis-sentinel://HOST:PORT,HOST:PORT#PRIMARY (default: ${DEFAULT-VALUE})")
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

  @Option(names = "--redis-user", paramLabel = "USER", description = "ACL user of Redis")
  private @Nullable String user;

  @Option(
      names = "--redis-password-file",
      paramLabel = "FILE",
      description = "its first line is the password; read anew for every connection")
  private @Nullable Path passwordFile;

  @Option(
      names = "--redis-ca",
      paramLabel = "FILE",
      description = "PEM certificates to trust instead of the system's")
  private @Nullable Path caFile;

  @Option(
      names = "--redis-cert",
      paramLabel = "FILE",
      description = "our own PEM certificate, where Redis wants one")
  private @Nullable Path certificateFile;

  @Option(names = "--redis-key", paramLabel = "FILE", description = "its PEM private key")
  private @Nullable Path keyFile;

  private RedisSecurity security() {
    return new RedisSecurity(
        Optional.ofNullable(user),
        Optional.ofNullable(passwordFile),
        Optional.ofNullable(caFile),
        Optional.ofNullable(certificateFile),
        Optional.ofNullable(keyFile));
  }

  RedisSettings settings() {
    RedisSettings settings =
        SettingException.checked(
            () ->
                new RedisSettings(
                    redis,
                    stream,
                    partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions),
                    security()));
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
