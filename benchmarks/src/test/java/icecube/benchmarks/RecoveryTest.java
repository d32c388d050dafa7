// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.benchmarks.Recovery.Probe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RecoveryTest {
  private static final long GAP = 1_000_000;
  private static final long GOOD = 500;
  private static final long END = 100 * GAP;

  @Test
  void aServerThatWasNeverSlowNeedsNoTime() {
    assertThat(seconds(probes(200))).isZero();
  }

  @Test
  void theTimeIsToTheFirstOfTenGoodProbes() {
    List<Probe> probes = probes(200);
    IntStream.range(90, 120).forEach(i -> probes.set(i, slow(i)));
    assertThat(seconds(probes)).isEqualTo(20 * GAP / 1e9);
  }

  @Test
  void nineGoodProbesAreNotEnough() {
    List<Probe> probes = probes(200);
    probes.set(109, slow(109));
    assertThat(seconds(probes)).isEqualTo(10 * GAP / 1e9);
  }

  @Test
  void aFailedProbeIsAGap() {
    List<Probe> probes = probes(200);
    probes.remove(105);
    assertThat(seconds(probes)).isEqualTo(6 * GAP / 1e9);
  }

  @Test
  void theOrderOfAnswersDoesNotMatter() {
    List<Probe> probes = probes(200);
    probes.set(104, slow(104));
    Collections.reverse(probes);
    assertThat(seconds(probes)).isEqualTo(5 * GAP / 1e9);
  }

  @Test
  void aServerThatStaysSlowNeverRecovers() {
    assertThat(seconds(probes(105))).isNaN();
    assertThat(seconds(List.of())).isNaN();
  }

  @Test
  void thePercentileIsOfProbesOfTheTimeAlone() {
    List<Probe> probes = probes(200);
    probes.set(150, slow(150));
    assertThat(Recovery.p99Nanos(probes, 0, END)).isEqualTo(GOOD);
    assertThat(Recovery.p99Nanos(probes, 150 * GAP, 151 * GAP)).isEqualTo(GOOD + 1);
    assertThat(Recovery.p99Nanos(probes, -2, -1)).isZero();
  }

  private static double seconds(List<Probe> probes) {
    return Recovery.seconds(probes, END, GAP, GOOD);
  }

  private static List<Probe> probes(int count) {
    var probes = new ArrayList<Probe>();
    IntStream.range(0, count).forEach(i -> probes.add(new Probe(i * GAP, GOOD)));
    return probes;
  }

  private static Probe slow(int index) {
    return new Probe(index * GAP, GOOD + 1);
  }
}
