// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A {@code redis-server} that this machine can run.
 *
 * @param path the program
 * @param majorVersion 6, 7 …
 */
public record RedisBinary(Path path, int majorVersion) {
  private static final int MAJOR_VERSION_MIN = 7;
  private static final int VERSION_SECONDS_MAX = 10;
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)");

  public RedisBinary {
    requireNonNull(path, "path");
  }

  /**
   * The {@code redis-server} of version 7.0 or later on the {@code PATH}; else the one this program
   * carries, unpacked into {@code folder}.
   *
   * @throws EventLogException if there is neither; the message lists what was tried
   */
  public static RedisBinary find(Path folder) {
    var tried = new ArrayList<String>();
    return onPath(tried)
        .or(() -> carried(folder, tried))
        .orElseThrow(
            () ->
                new EventLogException(
                    "redis-server: none that runs (expected: 7.0 or later on the PATH, or the"
                        + " carried one); install Redis, or name a running one. Tried: "
                        + String.join("; ", tried)));
  }

  /** The {@code redis-server} of version 7.0 or later on the {@code PATH}. */
  public static Optional<RedisBinary> onPath() {
    return onPath(new ArrayList<>());
  }

  private static Optional<RedisBinary> onPath(List<String> tried) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(Pattern.quote(File.pathSeparator), -1)) {
      var program = Path.of(folder.isEmpty() ? "." : folder, "redis-server");
      if (Files.isExecutable(program)) {
        var found = probe(program, tried);
        if (found.isPresent() && found.get().majorVersion() >= MAJOR_VERSION_MIN) {
          return found;
        }
      }
    }
    tried.add("redis-server on the PATH: none of version 7.0 or later");
    return Optional.empty();
  }

  /** The one this program carries (6.2.11 on Linux x86-64), unpacked into {@code folder}. */
  public static Optional<RedisBinary> carried(Path folder) {
    return carried(folder, new ArrayList<>());
  }

  private static Optional<RedisBinary> carried(Path folder, List<String> tried) {
    String resource = resource();
    try (InputStream stream = RedisBinary.class.getResourceAsStream(resource)) {
      if (stream == null) {
        tried.add("carried " + resource.substring(1) + ": none for this system");
        return Optional.empty();
      }
      Files.createDirectories(folder);
      var program = folder.resolve("redis-server-carried");
      var fresh = Files.createTempFile(folder, "redis-server", ".new");
      Files.copy(stream, fresh, StandardCopyOption.REPLACE_EXISTING);
      if (!fresh.toFile().setExecutable(true, true)) {
        tried.add(program + ": cannot be made executable");
      }
      Files.move(fresh, program, StandardCopyOption.REPLACE_EXISTING);
      return probe(program, tried);
    } catch (IOException e) {
      tried.add("carried " + resource.substring(1) + ": " + e);
      return Optional.empty();
    }
  }

  /** The names that com.github.codemonstur:embedded-redis gives to the binaries it carries. */
  private static String resource() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean isArm = arch.equals("aarch64") || arch.equals("arm64");
    if (os.contains("mac")) {
      return "/redis-server-6.2.6-v5-darwin-" + (isArm ? "arm64" : "amd64");
    }
    return isArm ? "/redis-server-6.2.7-linux-arm64" : "/redis-server-6.2.6-v5-" + linux(os, arch);
  }

  private static String linux(String os, String arch) {
    return os.contains("linux") && arch.equals("amd64") ? "linux-amd64" : os + "-" + arch;
  }

  private static Optional<RedisBinary> probe(Path program, List<String> tried) {
    try {
      var process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(VERSION_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        tried.add(program + ": --version does not end");
        return Optional.empty();
      }
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      var version = VERSION.matcher(output);
      if (version.find()) {
        tried.add(program + ": " + version.group(1) + "." + version.group(2));
        return Optional.of(new RedisBinary(program, Integer.parseInt(version.group(1))));
      }
      tried.add(program + ": --version says " + output);
    } catch (IOException e) {
      tried.add(program + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      tried.add(program + ": interrupted");
    }
    return Optional.empty();
  }
}
