// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

/** Text in a page. */
final class Html {
  private Html() {}

  /** The text with the characters that mean something in HTML and XML as references. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
