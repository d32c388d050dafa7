// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who we are to Redis and whom we trust there. Secrets come from files, so that they stand in no
 * command line and no environment.
 *
 * @param user the ACL user; needs a password file
 * @param passwordFile its first line is the password
 * @param caFile PEM certificates to trust instead of the system's; needs {@code rediss://}
 * @param certificateFile our own PEM certificate, where Redis wants one; needs the key
 * @param keyFile its PEM private key, unencrypted
 */
public record RedisSecurity(
    Optional<String> user,
    Optional<Path> passwordFile,
    Optional<Path> caFile,
    Optional<Path> certificateFile,
    Optional<Path> keyFile) {
  /** What the uri says, and the system's certificates. */
  public static final RedisSecurity NONE =
      new RedisSecurity(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public RedisSecurity {
    requireNonNull(user, "user");
    requireNonNull(passwordFile, "passwordFile");
    requireNonNull(caFile, "caFile");
    requireNonNull(certificateFile, "certificateFile");
    requireNonNull(keyFile, "keyFile");
    if (user.isPresent() && passwordFile.isEmpty()) {
      throw new IllegalArgumentException(
          "redis-user: " + user.get() + " (expected: together with redis-password-file)");
    }
    if (certificateFile.isPresent() != keyFile.isPresent()) {
      throw new IllegalArgumentException(
          "redis-cert, redis-key: only one of them (expected: both or none)");
    }
  }

  /** Whether anything here makes sense over TLS only. */
  boolean needsTls() {
    return caFile.isPresent() || certificateFile.isPresent();
  }
}
