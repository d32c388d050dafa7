// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of keys, certificates or tokens as it was when it was read.
 *
 * @param flag the flag that named it
 * @param path where it lies
 * @param bytes what it held; not copied, owned by this record
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SmallFile(String flag, Path path, byte[] bytes) {
  /** A bundle of all public authorities has a quarter of it. */
  static final int BYTES_MAX = 1 << 20;

  /** Reads the file, or says why not. */
  static SmallFile read(String flag, Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw refused(flag, path, "is larger than " + BYTES_MAX + " bytes", "a small file", null);
      }
      return new SmallFile(flag, path, bytes);
    } catch (NoSuchFileException e) {
      throw refused(flag, path, "is not there", "a file", e);
    } catch (AccessDeniedException e) {
      throw refused(flag, path, "may not be read", "a file this user may read", e);
    } catch (IOException e) {
      throw refused(flag, path, "cannot be read: " + e.getMessage(), "a file", e);
    }
  }

  /** For example {@code tls-key: /etc/icecube/key.pem is not there (expected: a file)}. */
  StartException refused(String what, String expected, Throwable cause) {
    return refused(flag, path, what, expected, cause);
  }

  StartException refused(String what, String expected) {
    return refused(flag, path, what, expected, null);
  }

  private static StartException refused(
      String flag, Path path, String what, String expected, @Nullable Throwable cause) {
    return new StartException(
        flag + ": " + path + " " + what + " (expected: " + expected + ")", cause);
  }
}
