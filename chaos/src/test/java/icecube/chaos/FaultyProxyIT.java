// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.stream.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class FaultyProxyIT {
  @TempDir private Path folder;
  private EmbeddedRedis redis;
  private FaultyProxy proxy;

  @BeforeEach
  void start() throws Exception {
    redis = EmbeddedRedis.start(folder);
    proxy = FaultyProxy.start(port(), 1);
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    redis.close();
  }

  @Test
  void bringsRequestsAndReplies() throws Exception {
    try (var through = RawRedis.connect(proxy.port())) {
      through.ask("SET", "key", "value");
      assertThat(RawRedis.text(through.ask("GET", "key"))).isEqualTo("value");
    }
  }

  @Test
  void cutReplyLeavesItsCommandDone() throws Exception {
    try (var through = RawRedis.connect(proxy.port());
        var direct = RawRedis.connect(port())) {
      proxy.trouble(1_000, 0);
      assertThatThrownBy(() -> through.ask("INCR", "count")).isInstanceOf(IOException.class);
      assertThat(direct.number("GET", "count")).isEqualTo(1);
    }
  }

  @Test
  void turnedElsewhereItBreaksWhatWasOpen() throws Exception {
    try (var through = RawRedis.connect(proxy.port())) {
      through.ask("PING");
      proxy.turnTo(port());
      assertThatThrownBy(() -> through.ask("PING")).isInstanceOf(IOException.class);
    }
    try (var again = RawRedis.connect(proxy.port())) {
      assertThat(RawRedis.text(again.ask("PING"))).isEqualTo("PONG");
    }
  }

  private int port() {
    return URI.create(redis.uri()).getPort();
  }
}
