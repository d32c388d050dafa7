// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.util.Locale;

/**
 * What one look at the mesh came to.
 *
 * @param check what was looked at
 * @param found what is there
 * @param expected what should be there; empty where all is well
 * @param advice what to do; empty where all is well
 */
record Finding(String check, Level level, String found, String expected, String advice) {
  /** How bad it is. */
  enum Level {
    /** As it should be. */
    OK,
    /** It works, but a person should look at it in the daytime. */
    WARNING,
    /** Something does not work, or will not for long. */
    FAILURE
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Level.OK, found, "", "");
  }

  static Finding warning(String check, String found, String expected, String advice) {
    return new Finding(check, Level.WARNING, found, expected, advice);
  }

  static Finding failure(String check, String found, String expected, String advice) {
    return new Finding(check, Level.FAILURE, found, expected, advice);
  }

  /** One line for a person. */
  String toLine() {
    String word = level == Level.OK ? "ok" : level.name().toLowerCase(Locale.ROOT);
    String rest = level == Level.OK ? "" : " (expected: " + expected + "); " + advice;
    return String.format(Locale.ROOT, "  %-8s %-28s %s%s", word, check, found, rest);
  }
}
