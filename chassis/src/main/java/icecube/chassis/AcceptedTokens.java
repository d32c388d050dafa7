// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which token stands for which role. The file keeps only SHA-256 of them, so whoever reads it has
 * no token. Immutable.
 */
final class AcceptedTokens {
  /** As many are compared for each call. */
  static final int COUNT_MAX = 256;

  /** Shorter ones can be guessed. */
  static final int TOKEN_LENGTH_MIN = 16;

  /** Fits, with room for others, into the headers of a call. */
  static final int TOKEN_LENGTH_MAX = 4_096;

  static final AcceptedTokens NONE = new AcceptedTokens(List.of());

  private static final String FORM = "lines of ROLE SHA256-IN-HEX, roles " + Role.words();
  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+([0-9a-fA-F]{64})");
  private static final Pattern TOKEN =
      Pattern.compile("[!-~]{" + TOKEN_LENGTH_MIN + "," + TOKEN_LENGTH_MAX + "}");

  @SuppressWarnings("ArrayRecordComponent") // never compared as records
  private record Accepted(Role role, byte[] hash) {}

  private final List<Accepted> accepted;

  private AcceptedTokens(List<Accepted> accepted) {
    this.accepted = List.copyOf(accepted);
  }

  /** Reads the file; blank lines and those that begin with # are skipped. */
  static AcceptedTokens read(SmallFile file) {
    List<Accepted> accepted = new ArrayList<>();
    int number = 0;
    for (String line : new String(file.bytes(), UTF_8).split("\n", -1)) {
      number++;
      String bare = line.strip();
      if (bare.isEmpty() || bare.startsWith("#")) {
        continue;
      }
      var parts = LINE.matcher(bare);
      Optional<Role> role = parts.matches() ? Role.of(parts.group(1)) : Optional.empty();
      if (role.isEmpty()) {
        throw file.refused("has a wrong line " + number, FORM);
      }
      accepted.add(new Accepted(role.get(), HexFormat.of().parseHex(parts.group(2))));
    }
    if (accepted.size() > COUNT_MAX) {
      throw file.refused("has " + accepted.size() + " tokens", "at most " + COUNT_MAX);
    }
    return new AcceptedTokens(accepted);
  }

  /** The token that the first line of a file is: visible ASCII. */
  static String token(SmallFile file) {
    String token = new String(file.bytes(), UTF_8).lines().findFirst().orElse("").strip();
    if (!TOKEN.matcher(token).matches()) {
      throw file.refused(
          "has no token in its first line",
          TOKEN_LENGTH_MIN + " to " + TOKEN_LENGTH_MAX + " visible characters");
    }
    return token;
  }

  /** The role of {@code token}; compares all of them, so that time tells nothing. */
  Optional<Role> roleOf(String token) {
    byte[] hash = sha256(token.getBytes(UTF_8));
    Role found = null;
    for (Accepted one : accepted) {
      if (MessageDigest.isEqual(one.hash(), hash)) {
        found = one.role();
      }
    }
    return Optional.ofNullable(found);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
    }
  }
}
