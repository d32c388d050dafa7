// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An answer that is listened to up to its fourth byte. */
final class BoundedBodyTest {
  private final BoundedBody body = new BoundedBody(4);
  private final Sender sender = new Sender();

  @Test
  void whoSendsMoreIsHungUpOnAndHeardUpToTheLimit() {
    body.onSubscribe(sender);
    body.onNext(List.of(bytes("ab")));
    assertThat(heard()).isNull();

    body.onNext(List.of(bytes("c"), bytes("defg"), bytes("h")));
    body.onNext(List.of(bytes("ijk")));

    assertThat(heard()).isEqualTo("abcd");
    assertThat(sender.isCancelled).isTrue();
  }

  @Test
  void whoSendsLessIsHeardToTheEnd() {
    body.onSubscribe(sender);
    body.onNext(List.of(bytes("abc")));
    body.onComplete();

    assertThat(heard()).isEqualTo("abc");
    assertThat(sender.isCancelled).isFalse();
  }

  /** What was sent, once that is known; null before. */
  private @Nullable String heard() {
    byte[] bytes = body.getBody().toCompletableFuture().getNow(null);
    return bytes == null ? null : new String(bytes, US_ASCII);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /** Whoever sends until told to stop. */
  private static final class Sender implements Flow.Subscription {
    boolean isCancelled;

    @Override
    public void request(long count) {
      assertThat(count).isPositive();
    }

    @Override
    public void cancel() {
      isCancelled = true;
    }
  }
}
