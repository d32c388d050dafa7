// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An {@code icecube} command as a process of its own, as a person would start it. */
final class ServiceProcess implements AutoCloseable {
  private static final long READY_SECONDS_MAX = 60;
  private static final long STACKS_MILLIS = 2_000;
  private static final Pattern LISTENS = Pattern.compile("listens on ([^ ]+:\\d+)");
  private static final Pattern MANAGEMENT = Pattern.compile("management on http://([^/]+)/");

  private final Process process;
  private final CompletableFuture<String> address = new CompletableFuture<>();
  private final CompletableFuture<String> management = new CompletableFuture<>();
  private final StringBuilder printed = new StringBuilder();
  private final Thread reader;
  private final Path log;

  private ServiceProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.reader = new Thread(this::follow, "service-output-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts {@code icecube arguments…}; its standard error goes to {@code log}. */
  static ServiceProcess start(Path log, String... arguments) {
    return start(log, Map.of(), arguments);
  }

  /** The same with variables added to our environment. */
  static ServiceProcess start(Path log, Map<String, String> environment, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "icecube.cli.Main"));
    command.addAll(List.of(arguments));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      return new ServiceProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void follow() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (printed) {
          printed.append(line).append('\n');
        }
        completeBy(LISTENS.matcher(line), address);
        completeBy(MANAGEMENT.matcher(line), management);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      // Who waits for a word of a process that has ended need not wait on.
      address.completeExceptionally(silent("ended"));
      management.completeExceptionally(silent("ended"));
    }
  }

  private static void completeBy(Matcher matcher, CompletableFuture<String> word) {
    if (matcher.find()) {
      word.complete(matcher.group(1));
    }
  }

  /** What it is blamed with that has not said what was waited for. */
  private AssertionError silent(String how) {
    try {
      return new AssertionError(
          "process: %s (expected: an announcement); it printed%n%s%nand logged%n%s"
              .formatted(how, printed(), Files.exists(log) ? Files.readString(log) : ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String awaited(CompletableFuture<String> word) throws Exception {
    try {
      return word.get(READY_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      signal("-QUIT"); // Its threads tell where they are.
      Thread.sleep(STACKS_MILLIS);
      throw silent("silent for " + READY_SECONDS_MAX + " s");
    }
  }

  /** Where it listens, once it has said so. */
  String address() throws Exception {
    return awaited(address);
  }

  /** Waits until it has announced itself. */
  ServiceProcess awaitAnnounced() throws Exception {
    String unused = management();
    return this;
  }

  /** HOST:PORT of its management port, which it announces last. */
  String management() throws Exception {
    return awaited(management);
  }

  /** What it has printed so far. */
  String printed() {
    synchronized (printed) {
      return printed.toString();
    }
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Stands still until it is continued: SIGSTOP. */
  void pause() throws Exception {
    signal("-STOP");
  }

  /** Goes on after a pause: SIGCONT. */
  void resume() throws Exception {
    signal("-CONT");
  }

  private void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("kill " + name + ": " + kill.exitValue() + " (expected: 0)");
    }
  }

  /** SIGTERM, as docker stop sends it. */
  void terminate() {
    process.destroy();
  }

  /** Its exit code, within a bounded time. */
  int await(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("process: still running after " + seconds + " s\n" + printed());
    }
    reader.join(TimeUnit.SECONDS.toMillis(10));
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
