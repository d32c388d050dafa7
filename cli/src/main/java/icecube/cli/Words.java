// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Times and sizes as a person reads them in a table. */
final class Words {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Words() {}

  /** For example {@code 0.4 s}, {@code 3 min 20 s}, {@code 5 h 2 min}; {@code -} for none. */
  static String age(Optional<Duration> age) {
    return age.map(Words::age).orElse("-");
  }

  static String age(Duration age) {
    long seconds = age.toSeconds();
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", age.toMillis() / 1e3);
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds < 86_400
        ? seconds / 3600 + " h " + seconds % 3600 / 60 + " min"
        : seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
  }

  /** For example {@code 17.5 MiB}. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }
}
