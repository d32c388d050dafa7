// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that may stand where a Redis is expected. */
final class RedisConnectIT {
  @Test
  void nobodyListens() {
    assertRefused("redis://:secret@127.0.0.1:1", "nobody listens", "***@127.0.0.1");
  }

  @Test
  void somethingElseListens() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var thread = new Thread(() -> answerAsAWebServer(server), "web-server");
      thread.setDaemon(true);
      thread.start();

      assertRefused("redis://127.0.0.1:" + server.getLocalPort(), "does not answer as Redis does");
    }
  }

  private static void answerAsAWebServer(ServerSocket server) {
    while (!server.isClosed()) {
      try (var socket = server.accept()) {
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
        socket.getOutputStream().flush();
        socket.getInputStream().read();
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void uriIsNone() {
    assertRefused("http://:secret@host", "redis uri: http://***@host (expected: redis://");
  }

  @Test
  void hostIsUnknown() {
    assertRefused("redis://no-such-host.invalid:6379", "redis at redis://no-such-host.invalid");
  }

  @Test
  void passwordIsWrongOrMissing(@TempDir Path folder) {
    try (var redis = EmbeddedRedis.start(folder)) {
      var client = RedisClient.create(redis.uri());
      client.connect().sync().configSet("requirepass", "right");
      client.shutdown();

      assertRefused(redis.uri(), "refused the password");
      assertRefused(redis.uri().replace("//", "//:wrong@"), "refused the password", "***@");
      try (var log =
          RedisEventLog.connect(
              RedisSettings.of(redis.uri().replace("//", "//:right@"), "icecube"))) {
        assertThat(log.partitionCount()).isEqualTo(RedisSettings.PARTITION_COUNT_DEFAULT);
      }
    }
  }

  @Test
  void aConnectionThatBreaksOffWithoutAReasonIsMadeAnew(@TempDir Path folder) throws IOException {
    try (var redis = EmbeddedRedis.start(folder);
        var proxy = new CuttingProxy(redis.uri())) {
      for (int cut = 1; cut < RedisDiscovery.ATTEMPT_COUNT_MAX; cut++) {
        proxy.cutNextReply();
      }

      try (var log = RedisEventLog.connect(RedisSettings.of(proxy.uri(), "icecube"))) {
        assertThat(log.partitionCount()).isEqualTo(RedisSettings.PARTITION_COUNT_DEFAULT);
      }
      assertThat(proxy.cuts()).isEqualTo(RedisDiscovery.ATTEMPT_COUNT_MAX - 1);
    }
  }

  @Test
  void aConnectionThatAlwaysBreaksOffIsGivenUp(@TempDir Path folder) throws IOException {
    try (var redis = EmbeddedRedis.start(folder);
        var proxy = new CuttingProxy(redis.uri())) {
      for (int cut = 0; cut < 2 * RedisDiscovery.ATTEMPT_COUNT_MAX; cut++) {
        proxy.cutNextReply();
      }

      assertRefused(proxy.uri(), "does not answer as Redis does");
      assertThat(proxy.cuts()).isEqualTo(RedisDiscovery.ATTEMPT_COUNT_MAX);
    }
  }

  private static void assertRefused(String uri, String... parts) {
    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> RedisEventLog.connect(RedisSettings.of(uri, "icecube")).close())
        .satisfies(
            refusal ->
                assertThat(refusal.getMessage())
                    .contains(parts)
                    .doesNotContain("secret")
                    .doesNotContain("wrong@"));
  }
}
