// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The files by which one process shows who it is and knows who others are.
 *
 * <p>With {@code certificate} and {@code key} its servers speak TLS; with {@code authorities} they
 * ask every caller for a certificate, too, and its channels speak TLS. All of them may be replaced
 * while the process runs.
 *
 * @param certificate our certificate and those between it and the authority, PEM, ours first
 * @param key its private key, PEM, PKCS#8, not encrypted, RSA or EC
 * @param authorities the certificates we trust, for callers and for servers we call, PEM
 * @param token the first line is the token we send with every call
 * @param tokensAccepted lines of {@code ROLE SHA256}: whose tokens our servers take for which role;
 *     where there is one, a certificate is asked for but a token will do
 * @param trustDomain what stands between {@code spiffe://} and the role in the URI of a certificate
 */
public record SecurityFiles(
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<Path> authorities,
    Optional<Path> token,
    Optional<Path> tokensAccepted,
    String trustDomain) {
  public static final String TRUST_DOMAIN = "icecube";

  /** The letters a SPIFFE trust domain may have. */
  private static final Pattern DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");

  /** No files: servers and channels speak plaintext and everybody may call everything. */
  public static final SecurityFiles NONE =
      new SecurityFiles(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          TRUST_DOMAIN);

  public SecurityFiles {
    requireNonNull(authorities, "authorities");
    check(
        certificate.isPresent() == key.isPresent(),
        "tls-cert and tls-key: one of them alone (expected: both or none)");
    check(
        token.isEmpty() || authorities.isPresent(),
        "token-file: without tls-ca (expected: both, so that a token never travels in the clear)");
    check(
        tokensAccepted.isEmpty() || certificate.isPresent(),
        "tokens-accepted: without tls-cert and tls-key (expected: all three, so that a token never"
            + " travels in the clear)");
    check(
        DOMAIN.matcher(trustDomain).matches(),
        "tls-trust-domain: " + trustDomain + " (expected: a-z, 0-9, '.', '_', '-')");
  }

  /** TLS with certificates on both sides. */
  public static SecurityFiles mutual(Path certificate, Path key, Path authorities) {
    return new SecurityFiles(
        Optional.of(certificate),
        Optional.of(key),
        Optional.of(authorities),
        Optional.empty(),
        Optional.empty(),
        TRUST_DOMAIN);
  }

  /** A caller that trusts {@code authorities} and sends a token. */
  public static SecurityFiles caller(Path authorities, Path token) {
    return new SecurityFiles(
        Optional.empty(),
        Optional.empty(),
        Optional.of(authorities),
        Optional.of(token),
        Optional.empty(),
        TRUST_DOMAIN);
  }

  /** Whether there is no file at all. */
  boolean isEmpty() {
    return certificate.isEmpty() && authorities.isEmpty();
  }

  /** The same taking the tokens that {@code file} lists. */
  public SecurityFiles withTokensAccepted(Path file) {
    return new SecurityFiles(certificate, key, authorities, token, Optional.of(file), trustDomain);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
