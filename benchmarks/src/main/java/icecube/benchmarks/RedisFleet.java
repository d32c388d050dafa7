// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Redis servers from PATH, started for one measurement: one alone, or three as a Cluster. */
final class RedisFleet implements AutoCloseable {
  /** When what was answered is on the disk. */
  enum Durability {
    ALWAYS("yes", "always"),
    EVERYSEC("yes", "everysec"),
    OFF("no", "no");

    private final String appendOnly;
    private final String appendFsync;

    Durability(String appendOnly, String appendFsync) {
      this.appendOnly = appendOnly;
      this.appendFsync = appendFsync;
    }
  }

  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

  /** Low enough for the port of the cluster's bus, 10,000 above. */
  private static final int PORT_MAX = 55_000;

  private final List<Integer> ports = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  static RedisFleet start(int size, Durability durability, Path folder)
      throws IOException, InterruptedException {
    var fleet = new RedisFleet();
    try {
      for (int node = 0; node < size; node++) {
        fleet.startNode(size > 1, durability, Files.createDirectories(folder.resolve("n" + node)));
      }
      if (size > 1) {
        fleet.join();
      }
      return fleet;
    } catch (IOException | InterruptedException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  private void startNode(boolean isClustered, Durability durability, Path folder)
      throws IOException, InterruptedException {
    int port = freePort();
    ports.add(port);
    processes.add(
        new ProcessBuilder(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--cluster-enabled",
                isClustered ? "yes" : "no",
                "--appendonly",
                durability.appendOnly,
                "--appendfsync",
                durability.appendFsync,
                "--save",
                "",
                "--dir",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start());
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!isListening(port)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("redis-server: silent (expected: listening on port " + port + ")");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static boolean isListening(int port) {
    try {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void join() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
    ports.forEach(port -> command.add("127.0.0.1:" + port));
    command.add("--cluster-yes");
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("redis-cli --cluster create: " + output);
    }
  }

  String uri() {
    return "redis://"
        + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
  }

  private static int freePort() throws IOException {
    while (true) {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() < PORT_MAX) {
          return socket.getLocalPort();
        }
      }
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
