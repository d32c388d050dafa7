// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ServerVitalsTest {
  private static final String PAGE =
      """
      # TYPE jvm_memory_used_bytes gauge
      jvm_memory_used_bytes{area="heap",id="PS Eden Space"} 1.5E7
      jvm_memory_used_bytes{area="heap",id="PS Old Gen"} 500000.0
      jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 7.0
      jvm_memory_used_bytes_other{area="heap"} 99.0
      process_uptime_seconds 6.068
      """;

  @Test
  void seriesWithTheLabelsAreAddedUp() {
    assertThat(ServerVitals.sumIn(PAGE, "jvm_memory_used_bytes", "area=\"heap\""))
        .isEqualTo(15_500_000);
    assertThat(ServerVitals.sumIn(PAGE, "jvm_memory_used_bytes")).isEqualTo(15_500_007);
  }

  @Test
  void aMetricWithoutLabelsIsFound() {
    assertThat(ServerVitals.sumIn(PAGE, "process_uptime_seconds")).isEqualTo(6.068);
  }

  @Test
  void aMetricThatIsNotThereIsZero() {
    assertThat(ServerVitals.sumIn(PAGE, "jvm_memory")).isZero();
  }
}
