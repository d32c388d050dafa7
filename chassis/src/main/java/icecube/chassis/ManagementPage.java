// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;

/**
 * A read-only page of a {@link ManagementServer}, beside those that every service has.
 *
 * @param path where it stands, for example {@code /discovery/prometheus}
 * @param contentType of what it says, with its character set, which must be UTF-8
 * @param text asked on each request by the server's own threads; must be quick and thread-safe
 */
public record ManagementPage(String path, String contentType, Supplier<String> text) {
  public ManagementPage {
    requireNonNull(contentType, "contentType");
    requireNonNull(text, "text");
    if (!path.matches("(/[a-z0-9-]+)+")) {
      throw new IllegalArgumentException(
          "path: " + path + " (expected: lower-case words behind slashes)");
    }
  }
}
