// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code redis-benchmark} from PATH, appending entries of a given size to a stream of the same
 * server: what Redis itself can take without anybody working on the events.
 */
final class RedisPeer {
  private static final Pattern RATE = Pattern.compile("([0-9.]+) requests per second");

  /** An argument of one process may not be longer on Linux. */
  private static final int PAYLOAD_BYTES_MAX = 128_000;

  private RedisPeer() {}

  /**
   * Entries a second of {@code XADD} with a payload of {@code bytes}.
   *
   * @param pipelined entries sent before an answer is awaited
   * @return empty if there is no redis-benchmark
   */
  static OptionalDouble entriesPerSecond(String uri, int bytes, int entries, int pipelined)
      throws IOException, InterruptedException {
    URI server = URI.create(uri);
    // Text, not bytes on standard input: redis-benchmark -x stops at the first NUL.
    String payload = "x".repeat(Math.min(bytes, PAYLOAD_BYTES_MAX));
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "redis-benchmark",
                  "-h",
                  server.getHost(),
                  "-p",
                  Integer.toString(server.getPort()),
                  "-n",
                  Integer.toString(entries),
                  "-c",
                  "1",
                  "-P",
                  Integer.toString(pipelined),
                  "-q",
                  "XADD",
                  "benchmark:raw",
                  "MAXLEN",
                  "~",
                  "1000",
                  "*",
                  "d",
                  payload)
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    Matcher matcher = RATE.matcher(output);
    double rate = 0;
    while (matcher.find()) {
      rate = Double.parseDouble(matcher.group(1));
    }
    if (rate == 0) {
      throw new IOException("redis-benchmark: " + output + " (expected: requests per second)");
    }
    return OptionalDouble.of(rate);
  }
}
