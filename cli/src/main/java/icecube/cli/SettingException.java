// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.util.function.Supplier;

/** A flag or variable has a value that cannot be used; the message names it and the expectation. */
final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SettingException(String message) {
    super(message);
  }

  /** The settings of a room, whose checks speak of the values a person gave. */
  static <T> T checked(Supplier<T> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException e) {
      throw new SettingException(String.valueOf(e.getMessage()));
    }
  }
}
