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
 * Holds the line fit and the selection of rows to what {@code src/test/python/golden.py} computed.
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
    var table = table(0, Integer.parseInt(fit.get(0)));

    assertThat(table.rowCount()).isEqualTo(Integer.parseInt(fit.get(2)));
    assertSame(LineFit.improved().fit(table, 0), fit, 3);
    assertSame(LineFit.plain().fit(table, 0), fit, 6);
  }

  @ParameterizedTest
  @MethodSource("selections")
  void selectsLikeTheReference(List<String> selection) {
    long eventId = Long.parseLong(selection.get(0));
    var table = table(eventId, Integer.parseInt(selection.get(1)));
    var kept = selection.get(3);

    var cut = table.cutTo(Integer.parseInt(selection.get(2)));

    int at = 0;
    for (int row = 0; row < kept.length(); row++) {
      if (kept.charAt(row) == '1') {
        for (int column = 0; column < FeatureTable.COLUMN_COUNT; column++) {
          assertThat(cut.value(at, column)).isEqualTo(table.value(row, column));
        }
        at++;
      }
    }
    assertThat(cut.rowCount()).isEqualTo(at);
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

  private static FeatureTable table(long eventId, int event) {
    var ofEvent = ROWS.stream().filter(row -> Integer.parseInt(row.get(0)) == event).toList();
    float[] values = new float[ofEvent.size() * FeatureTable.COLUMN_COUNT];
    for (int index = 0; index < values.length; index++) {
      List<String> row = ofEvent.get(index / FeatureTable.COLUMN_COUNT);
      values[index] = Float.parseFloat(row.get(1 + index % FeatureTable.COLUMN_COUNT));
    }
    int[] rowCount = {ofEvent.size()};
    return FeatureTable.owning(
        new long[] {eventId}, rowCount, rowCount.clone(), new int[] {0}, values);
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
