// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A Redis with an append-only file in a folder of its own, started as containers start it: with
 * {@code deploy/redis-guarded.sh}, which mends the file first. Confined to one thread.
 */
final class RedisNode {
  private static final Duration START_MAX = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Workplace place;
  private final Children children;
  private final Path folder;
  private final int port;
  private final String fsync;
  private @Nullable Child child;

  /** A node that is not started; {@code fsync} as in {@code appendfsync}. */
  RedisNode(Workplace place, Children children, Path folder, String fsync) throws IOException {
    this.place = place;
    this.children = children;
    this.folder = Files.createDirectories(folder);
    this.port = Ports.free();
    this.fsync = fsync;
  }

  int port() {
    return port;
  }

  boolean isUp() {
    return child != null && child.isAlive();
  }

  /**
   * Starts it on what is in its folder and waits until it answers.
   *
   * @param primaryPort whom it follows; 0 for nobody
   */
  void start(int primaryPort) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                place.redisGuarded().toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--appendonly",
                "yes",
                "--appendfsync",
                fsync,
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                "--repl-diskless-sync-delay",
                "0"));
    if (primaryPort != 0) {
      command.addAll(List.of("--replicaof", "127.0.0.1 " + primaryPort));
    }
    child =
        children.start(
            "redis",
            command,
            Map.of("REDIS_DATA", folder.toString()),
            folder.resolveSibling(folder.getFileName() + ".log"));
    awaitReady(child);
  }

  private void awaitReady(Child started) throws IOException {
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (started.isAlive() && System.nanoTime() < deadline) {
      try (var redis = RawRedis.connect(port)) {
        redis.ask("PING");
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
    throw new IOException(
        "redis on port %d: not ready within %s; see %s.log".formatted(port, START_MAX, folder));
  }

  /** {@code kill -9}. */
  void kill() {
    if (child != null) {
      child.kill();
    }
  }

  /**
   * Cuts off the end of the append-only file of a node that is down.
   *
   * @return bytes that are gone; fewer than asked for if the file is shorter
   */
  long cutTail(int bytesMax) throws IOException {
    Path directory = folder.resolve("appendonlydir");
    String file = "";
    for (String line : Files.readAllLines(directory.resolve("appendonly.aof.manifest"))) {
      String[] words = line.split(" ", -1);
      if (line.endsWith(" type i")) {
        file = words[1];
      }
    }
    if (file.isEmpty()) {
      return 0;
    }
    try (var log = new RandomAccessFile(directory.resolve(file).toFile(), "rw")) {
      long cut = Math.min(bytesMax, log.length());
      log.setLength(log.length() - cut);
      return cut;
    }
  }
}
