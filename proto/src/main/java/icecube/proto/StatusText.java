// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

/**
 * The message of a status, made to fit where it travels: in trailers, once escaped and once inside
 * the status. A caller that allows 8 KiB of trailers, as gRPC does by default, ends <b>the
 * connection</b> if they are more, with everything else that is in flight on it. Stateless and
 * thread-safe.
 */
final class StatusText {
  /** The most bytes of a message, escaped. */
  static final int BYTES_MAX = 2_048;

  private StatusText() {}

  /** {@code message} up to where it would be too long, and then three dots. */
  static String fit(String message) {
    int bytes = 0;
    int index = 0;
    while (index < message.length()) {
      int point = message.codePointAt(index);
      bytes += escapedBytes(point);
      if (bytes > BYTES_MAX) {
        return message.substring(0, index) + "...";
      }
      index += Character.charCount(point);
    }
    return message;
  }

  /** What gRPC makes of a code point in a header: itself, or three bytes for each of its UTF-8. */
  private static int escapedBytes(int point) {
    if (point >= ' ' && point <= '~') {
      return point == '%' ? 3 : 1;
    }
    return point < 0x80 ? 3 : point < 0x800 ? 6 : point < 0x10000 ? 9 : 12;
  }
}
