// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Rows of a table that {@code src/test/python/golden.py} has written. */
final class Golden {
  private Golden() {}

  static List<double[]> rows(String name) {
    try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream("/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(Golden::numbers)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double[] numbers(String line) {
    String[] cells = line.split(",", -1);
    double[] numbers = new double[cells.length];
    for (int i = 0; i < cells.length; i++) {
      numbers[i] = Double.parseDouble(cells[i]);
    }
    return numbers;
  }
}
