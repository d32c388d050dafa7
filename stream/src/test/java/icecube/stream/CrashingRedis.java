// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A Redis on one port over one folder after another, with the guard of its append-only file or
 * without. Confined to one thread.
 */
final class CrashingRedis implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(20);

  private final RedisBinary binary;
  private final boolean isGuarded;
  private final int port;
  private final List<RedisProcess> running = new ArrayList<>();

  CrashingRedis(RedisBinary binary, boolean isGuarded) {
    this.binary = binary;
    this.isGuarded = isGuarded;
    this.port = FreePorts.next();
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Starts over this folder, after killing what runs. */
  void start(Path folder) throws IOException {
    kill();
    Files.createDirectories(folder);
    var configuration = folder.resolve("redis.conf");
    Files.writeString(
        configuration,
        """
        bind 127.0.0.1
        port %d
        dir "%s"
        appendonly yes
        appendfsync everysec
        save ""
        """
            .formatted(port, folder));
    if (isGuarded) {
      new AofGuard(folder, binary).mend();
    }
    var process =
        RedisProcess.start(
            List.of(binary.path().toString(), configuration.toString()),
            folder.resolve("redis.log"));
    running.add(process);
    awaitReady(process, folder);
  }

  private void awaitReady(RedisProcess process, Path folder) throws IOException {
    var probe = new RedisProbe("127.0.0.1", port);
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (!isReady(probe, process.pid())) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException(
            "redis-server does not start: " + Files.readString(folder.resolve("redis.log")));
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  private static boolean isReady(RedisProbe probe, long pid) {
    try {
      return Long.toString(pid).equals(probe.info("server").get("process_id"))
          && probe.line("PING").equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  /** kill -9; a no-op if nothing runs. */
  void kill() {
    running.forEach(RedisProcess::kill);
    running.clear();
  }

  @Override
  public void close() {
    kill();
  }
}
