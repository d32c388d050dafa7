// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends a torn append-only file before Redis reads it.
 *
 * <p>Redis stops reading at a torn end and goes on writing behind it. If the end is torn inside a
 * script, the half of it that was kept is an open MULTI, which swallows what is written next: after
 * the second restart the torn script is applied as well, and a prediction appears twice (valkey
 * #4342). {@code redis-check-aof --fix} cuts the file before the torn script.
 */
final class AofGuard {
  private static final int FIX_SECONDS_MAX = 600;
  private static final Logger logger = LoggerFactory.getLogger(AofGuard.class);

  private final Path folder;
  private final RedisBinary binary;

  AofGuard(Path folder, RedisBinary binary) {
    this.folder = folder;
    this.binary = binary;
  }

  /**
   * Mends the append-only file, if there is one.
   *
   * @return false if there is one and it could not be checked, because no redis-check-aof runs
   *     here: let Redis rewrite the file before anybody writes to it
   * @throws EventLogException if it is damaged beyond mending
   */
  boolean mend() {
    var file = appendOnlyFile();
    if (file.isEmpty()) {
      return true;
    }
    var checker = checker();
    if (checker.isEmpty()) {
      logger.warn("redis-check-aof: none (expected: beside {}); rewriting instead", binary.path());
      return false;
    }
    try {
      run(checker.get(), file.get());
      return true;
    } catch (IOException e) {
      logger.warn("redis-check-aof: does not run; rewriting instead", e);
      return false;
    }
  }

  /** Redis ≥ 7 keeps a manifest in a folder of its own; Redis 6.2 one file. */
  private Optional<Path> appendOnlyFile() {
    var manifest = folder.resolve("appendonlydir").resolve("appendonly.aof.manifest");
    var single = folder.resolve("appendonly.aof");
    if (Files.exists(manifest)) {
      if (binary.majorVersion() < 7) {
        throw new EventLogException(
            "%s: written by Redis 7 or later (expected: 6.2, as is %s); install Redis 7, or use"
                    .formatted(folder, binary.path())
                + " another folder");
      }
      return Optional.of(manifest);
    }
    // Redis 6.2's checker takes an empty file, as a Redis killed at once leaves it, for damaged.
    return single.toFile().length() > 0 ? Optional.of(single) : Optional.empty();
  }

  /** The same program under another name: Redis looks at what it is called. */
  private Optional<Path> checker() {
    var beside = binary.path().resolveSibling("redis-check-aof");
    if (Files.isExecutable(beside)) {
      return Optional.of(beside);
    }
    var link = folder.resolve("redis-check-aof");
    try {
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, binary.path().toAbsolutePath());
      return Optional.of(link);
    } catch (IOException | UnsupportedOperationException e) {
      logger.debug("no link {}", link, e);
      return Optional.empty();
    }
  }

  private void run(Path checker, Path file) throws IOException {
    var output = folder.resolve("redis-check-aof.log");
    var process =
        new ProcessBuilder(checker.toString(), "--fix", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
            .start();
    try (var answer = process.getOutputStream()) {
      answer.write("y\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      logger.debug("redis-check-aof asked nothing", e);
    }
    if (exitCode(process) != 0) {
      throw new EventLogException(
          "%s: damaged, and redis-check-aof --fix could not mend it (see %s); move it away to start"
                  .formatted(file, output)
              + " afresh");
    }
    if (Files.readString(output, StandardCharsets.ISO_8859_1).contains("Successfully truncated")) {
      logger.warn("{}: had a torn end, which is cut off now; see {}", file, output);
    }
  }

  private static int exitCode(Process process) {
    try {
      if (process.waitFor(FIX_SECONDS_MAX, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new EventLogException("redis-check-aof: interrupted; the next start checks again", e);
    }
    process.destroyForcibly();
    return -1;
  }
}
