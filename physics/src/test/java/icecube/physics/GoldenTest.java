// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the line fit and the pulse selection to what {@code src/test/python/golden.py} computed.
 */
class GoldenTest {
  /** Both compute in double from the same float32 rows; only the order of sums differs. */
  private static final double ERROR_RAD_MAX = 1e-9;

  private static final List<List<String>> ROWS = read("line-fit-rows.csv");

  static Stream<List<String>> fits() {
    return read("line-fit.csv").stream();
  }

  static Stream<List<String>> selections() {
    return read("selection.csv").stream();
  }

  @ParameterizedTest
  @MethodSource("fits")
  void fitsLikeTheReference(List<String> fit) {
    var table = table(Integer.parseInt(fit.get(0)));

    assertThat(table.rowCount()).isEqualTo(Integer.parseInt(fit.get(2)));
    assertSame(LineFit.improved().fit(table, 0), fit, 3);
    assertSame(LineFit.plain().fit(table, 0), fit, 6);
  }

  @ParameterizedTest
  @MethodSource("selections")
  void selectsLikeTheReference(List<String> selection) {
    String auxiliary = selection.get(2);
    int count = auxiliary.length();
    boolean[] flags = new boolean[count];
    for (int pulse = 0; pulse < count; pulse++) {
      flags[pulse] = auxiliary.charAt(pulse) == '1';
    }
    var pulses = PulseSeries.of(new int[count], new float[count], new float[count], flags);
    var walk =
        PulseSelection.of(
            new Event(Long.parseLong(selection.get(0)), pulses),
            Integer.parseInt(selection.get(1)));
    var kept = new StringBuilder();
    for (int pulse = 0; pulse < count; pulse++) {
      kept.append(walk.keepsNext(flags[pulse]) ? '1' : '0');
    }

    assertThat(kept).hasToString(selection.get(3));
  }

  private static void assertSame(Optional<Direction> answer, List<String> fit, int column) {
    double x = Double.parseDouble(fit.get(column));
    double y = Double.parseDouble(fit.get(column + 1));
    double z = Double.parseDouble(fit.get(column + 2));
    if (x == 0 && y == 0 && z == 0) {
      assertThat(answer).as(fit.get(1)).isEmpty();
    } else {
      assertThat(AngularError.betweenRad(answer.orElseThrow(), new Direction(x, y, z)))
          .as(fit.get(1))
          .isLessThan(ERROR_RAD_MAX);
    }
  }

  private static FeatureTable table(int event) {
    var ofEvent = ROWS.stream().filter(row -> Integer.parseInt(row.get(0)) == event).toList();
    float[] values = new float[ofEvent.size() * FeatureTable.COLUMN_COUNT];
    for (int index = 0; index < values.length; index++) {
      List<String> row = ofEvent.get(index / FeatureTable.COLUMN_COUNT);
      values[index] = Float.parseFloat(row.get(1 + index % FeatureTable.COLUMN_COUNT));
    }
    int[] rowCount = {ofEvent.size()};
    return FeatureTable.owning(
        new long[] {event}, rowCount, rowCount.clone(), new int[] {0}, values);
  }

  /** The lines of a golden file below its header, split at commas. */
  private static List<List<String>> read(String name) {
    var lines = new ArrayList<List<String>>();
    var stream = Objects.requireNonNull(GoldenTest.class.getResourceAsStream("/golden/" + name));
    try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      reader.lines().skip(1).forEach(line -> lines.add(List.of(line.split(",", -1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
