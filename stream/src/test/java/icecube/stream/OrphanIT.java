// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis does not outlive the process that started it, however that one ends. */
final class OrphanIT {
  @Test
  void redisEndsWhenItsParentIsKilled(@TempDir Path folder) throws Exception {
    assertRedisEnds(folder, Process::destroyForcibly);
  }

  @Test
  void redisEndsWhenTheGroupOfItsParentIsKilled(@TempDir Path folder) throws Exception {
    assumeTrue(RedisProcess.setsid().isPresent(), "SKIPPED: no setsid to begin a group with");
    assertRedisEnds(folder, parent -> signal("-KILL", "-" + parent.pid()));
  }

  private static void signal(String signal, String target) {
    try {
      int code = new ProcessBuilder("sh", "-c", "kill " + signal + " " + target).start().waitFor();
      assertThat(code).isZero();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRedisEnds(Path folder, Consumer<Process> end) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "SKIPPED: no /bin/sh to watch with");
    var parent =
        new ProcessBuilder(
                RedisProcess.inOwnSession(
                    List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString())))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = new BufferedReader(new InputStreamReader(parent.getInputStream(), UTF_8))) {
      var redis = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(redis.isAlive()).isTrue();

      end.accept(parent);

      redis.onExit().get(60, TimeUnit.SECONDS);
      assertThat(redis.isAlive()).isFalse();
    } finally {
      parent.destroyForcibly();
    }
  }

  /** Starts a Redis, tells its number, and waits to be killed. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws IOException {
      var redis = EmbeddedRedis.start(Path.of(arguments[0]));
      int port = Integer.parseInt(redis.uri().substring(redis.uri().lastIndexOf(':') + 1));
      System.out.println(new RedisProbe("127.0.0.1", port).info("server").get("process_id"));
      System.in.read();
    }
  }
}
