// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlacesTest {
  @Test
  void comesBackFromItsText() {
    Places places =
        Places.beginning(3).withPredictions(1, "1795233837669-0").withDeadLetters(2, "7-1");

    assertThat(places.predictionsText()).isEqualTo(",1795233837669-0,");
    assertThat(Places.parse(places.predictionsText(), places.deadLettersText())).isEqualTo(places);
    assertThat(Places.parse("", "")).isEqualTo(Places.beginning(1));
  }

  @Test
  void fitsIntoOneTagForEveryPartition() {
    Places places = Places.beginning(Places.PARTITION_COUNT_MAX);
    for (int partition = 0; partition < Places.PARTITION_COUNT_MAX; partition++) {
      places = places.withPredictions(partition, "1795233837669-12345");
    }

    assertThat(places.predictionsText()).hasSizeLessThan(5_000);
    assertThatThrownBy(() -> Places.beginning(Places.PARTITION_COUNT_MAX + 1))
        .hasMessage("partitions: 129 (expected: 1..128)");
    assertThatThrownBy(() -> Places.parse("a,b", "")).hasMessageContaining("expected: 2");
  }
}
