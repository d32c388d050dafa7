// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server of somebody else's, run as a process of this test in a folder of its own: started,
 * killed and started again on what it has written. Confined to one thread.
 */
final class StoreProcess implements AutoCloseable {
  /** From the start to the first answer; most of it imports and elections on a busy machine. */
  static final Duration START_MAX = Duration.ofMinutes(2);

  private static final Duration PROBE_MAX = Duration.ofSeconds(2);

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path folder;
  private final URI probe;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PROBE_MAX).build();
  private @Nullable Process process;

  /**
   * @param probe answers with a status below 500 as soon as the server may be asked
   */
  StoreProcess(List<String> command, Map<String, String> environment, Path folder, URI probe) {
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.folder = folder;
    this.probe = probe;
  }

  /** The program of this name on the {@code PATH}; skips the test, loudly, if there is none. */
  static Path require(String program) {
    var found = onPath(program);
    String why =
        "SKIPPED: no %s on the PATH (deploy/tools.sh installs what it can into .cache/tools/bin)"
            .formatted(program);
    if (found.isEmpty()) {
      System.out.println(why);
    }
    assumeTrue(found.isPresent(), why);
    return found.orElseThrow();
  }

  private static Optional<Path> onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(path)
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A port of loopback that nobody listens on now. */
  static int freePort() throws IOException {
    return freePorts(1).get(0);
  }

  /** Different ports of loopback that nobody listens on now. */
  static List<Integer> freePorts(int count) throws IOException {
    var ports = new ArrayList<Integer>();
    if (count > 0) {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        // Held while the others are found.
        ports.addAll(freePorts(count - 1));
        ports.add(socket.getLocalPort());
      }
    }
    return ports;
  }

  /** Starts it, unless it runs, and returns once it answers. */
  void start() throws IOException, InterruptedException {
    if (process != null) {
      return;
    }
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(environment);
    var started = builder.start();
    process = started;
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (!isUp()) {
      assertThat(started.isAlive()).as("%s runs; it said: %s", command.get(0), said()).isTrue();
      assertThat(System.nanoTime() - deadline)
          .as("%s answers; it said: %s", command.get(0), said())
          .isNegative();
      LockSupport.parkNanos(50_000_000);
    }
  }

  private boolean isUp() throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(probe).timeout(PROBE_MAX).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() < 500;
    } catch (IOException e) {
      return false; // Not yet.
    }
  }

  private Path log() {
    return folder.resolve("server.log");
  }

  /** The end of what it has printed. */
  private String said() throws IOException {
    String all = Files.readString(log());
    return all.substring(Math.max(0, all.length() - 2_000));
  }

  /** Kills it and all it has started, without a chance to tidy up, and waits for their end. */
  void kill() {
    var running = process;
    process = null;
    if (running == null) {
      return;
    }
    var family = running.descendants().toList();
    running.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    Waiting.until("it ends", () -> !running.isAlive());
    Waiting.until("its children end", () -> family.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Override
  public void close() {
    kill();
  }
}
