// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where Redis is and who we are for it, typed right or wrong. */
final class RedisFlagsTest extends CommandFixture {
  @Test
  void aRedisWithoutASchemeIsAUsageError() {
    assertThat(execute("reconcile", "--redis", "localhost:6379")).isEqualTo(2);
    assertThat(err.toString()).contains("--redis: localhost:6379").contains("redis://");
  }

  @Test
  void anUnreachableRedisIsNamedWithItsAddress() {
    assertThat(execute("reconcile", "--redis", "redis://127.0.0.1:1")).isEqualTo(5);
    assertThat(err.toString()).contains("127.0.0.1:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inspect", "redrive", "trim", "reconcile"})
  void whoeverLooksAfterAStreamIsToldThatRedisIsAway(String command) {
    assertThat(execute(command, "--redis", "redis://:secret@127.0.0.1:1")).isEqualTo(5);
    assertThat(err.toString()).contains("127.0.0.1:1").contains("nobody listens");
    assertThat(err.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rediss --redis-ca /nowhere | redis-ca: /nowhere cannot be read",
        "rediss --redis-ca pom.xml | redis-ca: pom.xml holds no certificate",
        "rediss --redis-cert pom.xml | redis-cert, redis-key: only one",
        "rediss --redis-user joe | redis-user: joe (expected: together with redis-password-file)",
        "redis --redis-password-file /nowhere | redis-password-file: /nowhere cannot be read",
        "redis --redis-ca pom.xml | expected: rediss://, because certificates are given",
      })
  void whoWeAreForRedisIsCheckedBeforeAnythingIsAsked(String line, String message) {
    String[] words = line.split(" ", 3);
    String uri = words[0] + "://127.0.0.1:1";
    assertThat(execute("inspect", "--redis", uri, words[1], words[2])).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void aPasswordFileMayBeNamedByItsVariable() {
    assertThat(execute(Map.of("ICECUBE_REDIS_PASSWORD_FILE", "/nowhere"), "trim")).isEqualTo(2);
    assertThat(err.toString()).contains("redis-password-file: /nowhere");
  }
}
