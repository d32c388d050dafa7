// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bug the simulation has found, met again under the seed that found it. */
class RegressionSeedsTest {
  @BeforeAll
  static void quiet() {
    Quiet.begin();
  }

  static Stream<Arguments> seeds() {
    try (var file = RegressionSeedsTest.class.getResourceAsStream("seeds.txt")) {
      var text =
          new String(requireNonNull(file, "seeds.txt").readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 2))
          .map(seed -> Arguments.of(Long.parseLong(seed[0]), seed[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "seed {0}: {1}")
  @MethodSource("seeds")
  void theBugIsGoneAndItsSeedStillShowsIt(long seed, String bug) {
    var planted = requireNonNull(Hunt.BUGS.get(bug), bug);
    assertThatThrownBy(() -> Simulation.run(seed, planted.get())).isInstanceOf(Violation.class);
    Simulation.run(seed, Variant.NONE);
  }
}
