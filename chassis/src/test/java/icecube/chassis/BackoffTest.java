// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void pausesDoubleUpToTheLongest() {
    var backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(35), () -> 0.999_999_999);
    assertThat(backoff.next().toMillis()).isEqualTo(9);
    assertThat(backoff.next().toMillis()).isEqualTo(19);
    assertThat(backoff.next().toMillis()).isEqualTo(34);
    assertThat(backoff.next().toMillis()).isEqualTo(34);
  }

  @Test
  void chanceTakesAtMostHalf() {
    var backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(35), () -> 0);
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(5));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void successStartsAgainFromTheFirst() {
    var backoff = new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1), () -> 0);
    backoff.next();
    backoff.next();
    backoff.reset();
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void boundsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), () -> 0))
        .hasMessage("first: PT0S (expected: > PT0S)");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), () -> 0))
        .hasMessage("max: PT1S (expected: >= PT2S)");
  }
}
