// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A third-party server as our child, on ports of loopback that were free. A shell stands between
 * us: it ends the server when the pipe from us closes, so that a test that is killed leaves nothing
 * behind. Confined to one thread.
 */
final class ServerProcess implements AutoCloseable {
  /** A Python server on a busy machine: most of it imports. */
  private static final Duration READY_MAX = Duration.ofMinutes(2);

  /** What it holds is of no worth after the test. */
  private static final Duration STOP_MAX = Duration.ofSeconds(1);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Another process may take a port between our look and the server's. */
  private static final int ATTEMPTS_MAX = 3;

  private static final int LOG_CHARACTERS_SHOWN = 4000;

  /** Runs what follows, ends it at the end of our input, and passes its exit code on. */
  private static final String WATCH =
      "exec 3<&0; \"$@\" 3<&- </dev/null & server=$!;"
          + " { read -r line <&3; kill \"$server\" 2>/dev/null; } >/dev/null 2>&1 & watcher=$!;"
          + " wait \"$server\"; code=$?; kill \"$watcher\" 2>/dev/null; exit \"$code\"";

  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** What to start, on the ports that were found. */
  record Plan(List<String> arguments, Map<String, String> environment, URI ready) {}

  /** A server that answers, and its ports. */
  record Started(ServerProcess server, List<Integer> ports) {}

  /**
   * Starts a server and waits until it answers 200.
   *
   * @param folder its working directory, where its log goes
   * @throws IllegalStateException if it ends, or does not answer within two minutes; with the end
   *     of its log
   */
  static Started start(
      Program program, Path folder, int portCount, Function<List<Integer>, Plan> planOf) {
    IllegalStateException last = new IllegalStateException(program.path() + ": not started");
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      List<Integer> ports = freePorts(portCount);
      Plan plan = planOf.apply(ports);
      ServerProcess server = launch(program, folder, plan);
      try {
        server.awaitReady(plan.ready());
        return new Started(server, ports);
      } catch (IllegalStateException e) {
        server.close();
        last = e;
      }
    }
    throw last;
  }

  /** Ports that were free at once, so that no two are the same. */
  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      sockets.forEach(ServerProcess::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerProcess launch(Program program, Path folder, Plan plan) {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", WATCH, "server", program.path().toString()));
    command.addAll(plan.arguments());
    try {
      Path log = folder.resolve(program.path().getFileName() + ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().putAll(plan.environment());
      return new ServerProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(URI ready) {
    HttpJson http = new HttpJson(ready);
    long deadline = System.nanoTime() + READY_MAX.toNanos();
    while (!http.isOk()) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            ready
                + ": no 200 (expected: within "
                + READY_MAX.toSeconds()
                + " s); "
                + (process.isAlive() ? "still running" : "exit code " + process.exitValue())
                + "\n"
                + log());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** The end of what it logged. */
  String log() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - LOG_CHARACTERS_SHOWN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks it to end, and ends it if it has not within a second. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
