// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A primary, its replica, and one Sentinel that promotes the replica when the primary is gone. */
final class SentinelPair implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final int ATTEMPTS_MAX = 3;

  private final Path binary;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final int primaryPort = FreePorts.next();
  private final int replicaPort = FreePorts.next();
  private final int sentinelPort = FreePorts.next();
  private Process primary;

  private SentinelPair(Path binary, Path folder) {
    this.binary = binary;
    this.folder = folder;
    this.primary = startServer("primary", primaryPort);
  }

  /**
   * Starts them in a folder of their own in {@code folder}: once more with other ports, after
   * saying what they have logged, if they do not find each other.
   */
  static SentinelPair start(Path binary, Path folder) {
    for (int attempt = 1; ; attempt++) {
      var pair = new SentinelPair(binary, folder.resolve("attempt-" + attempt));
      try {
        pair.join();
        return pair;
      } catch (IllegalStateException e) {
        pair.close();
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        System.out.println("attempt " + attempt + ": " + e.getMessage());
      }
    }
  }

  private void join() {
    startServer("replica", replicaPort, "--replicaof", "127.0.0.1 " + primaryPort);
    await("replica follows", () -> info(replicaPort).contains("master_link_status:up"));
    startSentinel();
    await("Sentinel knows both", () -> info(sentinelPort).contains("slaves=1"));
  }

  private Process startServer(String name, int port, String... more) {
    var command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--repl-diskless-sync-delay",
                "0",
                "--dir",
                folder(name).toString()));
    command.addAll(List.of(more));
    return start(name, command);
  }

  private void startSentinel() {
    try {
      var settings = folder("sentinel").resolve("sentinel.conf");
      Files.writeString(
          settings,
          """
          port %d
          bind 127.0.0.1
          sentinel monitor icecube 127.0.0.1 %d 1
          sentinel down-after-milliseconds icecube 3000
          sentinel failover-timeout icecube 5000
          """
              .formatted(sentinelPort, primaryPort));
      start("sentinel", List.of(binary.toString(), settings.toString(), "--sentinel"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log(String name) {
    return folder(name).resolve("log");
  }

  private Path folder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start(String name, List<String> command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log(name).toFile())
              .start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String uri() {
    return "redis-sentinel://127.0.0.1:" + sentinelPort + "#icecube";
  }

  /** Waits until the replica has all that the primary has. */
  void awaitReplica() {
    await("replica is level", () -> offset(primaryPort).equals(offset(replicaPort)));
  }

  private String offset(int port) {
    return info(port)
        .lines()
        .filter(line -> line.startsWith("master_repl_offset:"))
        .findFirst()
        .orElse("");
  }

  /** From now on the replica learns of nothing, while the primary goes on to answer. */
  void stallReplica() {
    var client = RedisClient.create(RedisURI.create("127.0.0.1", replicaPort));
    try (var connection = client.connect()) {
      // It stays a replica, of somebody who is not there.
      connection.sync().replicaof("127.0.0.1", 1);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** Kills the primary and waits until Sentinel has put the replica in its place. */
  void failOver() {
    primary.destroyForcibly();
    await("replica promoted", () -> info(replicaPort).contains("role:master"));
    await("Sentinel names it", () -> info(sentinelPort).contains("127.0.0.1:" + replicaPort));
  }

  private String info(int port) {
    var client = RedisClient.create(RedisURI.create("127.0.0.1", port));
    try (var connection = client.connect()) {
      return connection.sync().info();
    } catch (RedisException e) {
      return "";
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private void await(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(what + ": not within " + TIMEOUT + "; " + logged());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private String logged() {
    var all = new StringBuilder();
    for (var name : List.of("primary", "replica", "sentinel")) {
      try {
        all.append(name).append(" logged:\n").append(Files.readString(log(name)));
      } catch (IOException e) {
        all.append(e);
      }
    }
    return all.toString();
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
