// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LateAllowanceTest {
  private final AtomicLong nanos = new AtomicLong(-500_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LateAllowance allowance =
      new LateAllowance(3, nanos::get, registry.counter("dropped"));

  @Test
  void soManyFaultsASecondAreRecordedAndNoMore() {
    assertThat(taken(10)).isEqualTo(3);
    assertThat(registry.get("dropped").counter().count()).isEqualTo(7);

    nanos.addAndGet(500_000_000L);
    assertThat(taken(2)).isEqualTo(2);
    nanos.addAndGet(999_999_999L);
    assertThat(taken(2)).isEqualTo(1);
    nanos.addAndGet(1);
    assertThat(taken(10)).isEqualTo(3);
  }

  private int taken(int asked) {
    int taken = 0;
    for (int each = 0; each < asked; each++) {
      taken += allowance.take() ? 1 : 0;
    }
    return taken;
  }
}
