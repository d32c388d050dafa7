// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * What a stranger sent, made fit for an error message: a status travels in headers, whose room is a
 * few kilobytes, and ends up in logs. Stateless and thread-safe.
 */
final class OipText {
  /** The most characters of a value that a message repeats. */
  static final int CHARS_MAX = 64;

  private OipText() {}

  /** {@code text} without control characters, cut to {@value #CHARS_MAX} characters. */
  static String quote(String text) {
    if (text.isEmpty()) {
      return "\"\"";
    }
    String shown = text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "…" : text;
    return shown.codePoints().anyMatch(OipText::isUnfit)
        ? shown
            .codePoints()
            .map(point -> isUnfit(point) ? '?' : point)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : shown;
  }

  /**
   * {@code name} as it is if it may be the name of something here, else as it is quoted: no model
   * is called so, and what is looked up ends up in messages.
   */
  static String quoteName(String name) {
    return name.isEmpty() ? name : quote(name);
  }

  private static boolean isUnfit(int point) {
    return Character.isISOControl(point)
        || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
  }
}
