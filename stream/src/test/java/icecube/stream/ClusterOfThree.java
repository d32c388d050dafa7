// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
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
import java.util.stream.Collectors;

/** A Redis Cluster of three primaries on this machine, each with its own append-only file. */
final class ClusterOfThree implements AutoCloseable {
  static final int SIZE = 3;
  private static final int SLOT_COUNT = 16_384;
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final Path binary;
  private final Path folder;
  private final List<Integer> ports = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  private ClusterOfThree(Path binary, Path folder) {
    this.binary = binary;
    this.folder = folder;
  }

  static ClusterOfThree start(Path binary, Path folder) {
    var cluster = new ClusterOfThree(binary, folder);
    try {
      for (int node = 0; node < SIZE; node++) {
        cluster.ports.add(FreePorts.next());
        cluster.processes.add(cluster.startNode(node));
      }
      cluster.join();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private Process startNode(int node) {
    try {
      var data = Files.createDirectories(folder.resolve("node" + node));
      return new ProcessBuilder(
              binary.toString(),
              "--port",
              Integer.toString(ports.get(node)),
              "--bind",
              "127.0.0.1",
              "--cluster-enabled",
              "yes",
              "--cluster-config-file",
              "nodes.conf",
              "--cluster-node-timeout",
              "15000",
              "--appendonly",
              "yes",
              "--appendfsync",
              "always",
              "--save",
              "",
              "--dir",
              data.toString())
          .redirectErrorStream(true)
          .redirectOutput(data.resolve("log").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void join() {
    for (int node = 0; node < SIZE; node++) {
      int first = SLOT_COUNT * node / SIZE;
      int last = SLOT_COUNT * (node + 1) / SIZE - 1;
      int each = node;
      await("node " + node + " answers", () -> !ask(each, "PING").isEmpty());
      ask(node, "CLUSTER", "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
      ask(node, "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(node + 1));
    }
    for (int node = 1; node < SIZE; node++) {
      ask(0, "CLUSTER", "MEET", "127.0.0.1", Integer.toString(ports.get(node)));
    }
    awaitWhole();
  }

  /** Waits until every server says that all slots are served. */
  void awaitWhole() {
    for (int node = 0; node < SIZE; node++) {
      int each = node;
      await(
          "node " + node + " sees the whole cluster",
          () -> {
            String info = ask(each, "CLUSTER", "INFO");
            return info.contains("cluster_state:ok")
                && info.contains("cluster_known_nodes:" + SIZE);
          });
    }
  }

  /** Kills one server as a power loss of its process would, and starts it on what it has left. */
  void killAndRestart(int node) {
    try {
      processes.get(node).destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    processes.set(node, startNode(node));
    awaitWhole();
  }

  String uri() {
    return "redis://"
        + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
  }

  /** The answer of one server; empty if it has none. */
  String ask(int node, String... command) {
    var client = RedisClient.create(RedisURI.create("127.0.0.1", ports.get(node)));
    try (var connection = client.connect()) {
      var arguments = new CommandArgs<>(StringCodec.UTF8);
      for (int at = 1; at < command.length; at++) {
        arguments.add(command[at]);
      }
      return connection
          .sync()
          .dispatch(
              CommandType.valueOf(command[0]), new StatusOutput<>(StringCodec.UTF8), arguments);
    } catch (RedisException e) {
      return "";
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static void await(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(what + ": not within " + START_TIMEOUT);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
