// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a running {@code icecube serve} holds: read from {@code /proc} (Linux) and from its
 * management port. Thread-safe.
 */
final class ServerVitals {
  private static final Duration READ_MAX = Duration.ofSeconds(10);
  private static final long COLLECT_SECONDS_MAX = 30;

  private final long pid;
  private final URI metrics;
  private final HttpClient client = HttpClient.newHttpClient();

  ServerVitals(long pid, URI metrics) {
    this.pid = pid;
    this.metrics = metrics;
  }

  /**
   * One look.
   *
   * @param heapBytes objects on the heap; live ones if it was collected just before
   * @param residentBytes memory of the process that is in RAM, heap and native
   * @param directBytes direct buffers that Java accounts for
   * @param metaspaceBytes classes and compiled code
   * @param threads of the process, native ones too
   * @param files open file descriptors, connections too
   */
  record Look(
      double heapBytes,
      double residentBytes,
      double directBytes,
      double metaspaceBytes,
      double threads,
      double files) {}

  /** How it is now. */
  Look look() throws IOException, InterruptedException {
    String page = page();
    return new Look(
        sumIn(page, "jvm_memory_used_bytes", "area=\"heap\""),
        1024 * status("VmRSS:"),
        sumIn(page, "jvm_buffer_memory_used_bytes", "id=\"direct\""),
        sumIn(page, "jvm_memory_used_bytes", "area=\"nonheap\""),
        status("Threads:"),
        files());
  }

  /** Has the garbage on its heap collected, so that what is left lives. */
  void collectGarbage() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(jcmd, Long.toString(pid), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(COLLECT_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("jcmd GC.run: not done (expected: a JDK of the server's version)");
    }
  }

  /** The sum of a metric over the series with all of these labels; 0 if there is none. */
  double sum(String name, String... labels) throws IOException, InterruptedException {
    return sumIn(page(), name, labels);
  }

  static double sumIn(String page, String name, String... labels) {
    return page.lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Arrays.stream(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String page() throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(metrics).timeout(READ_MAX).build(), BodyHandlers.ofString())
        .body();
  }

  private double status(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow(() -> new IOException(field + " not in /proc/" + pid + "/status"));
  }

  private double files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return files.count();
    }
  }
}
