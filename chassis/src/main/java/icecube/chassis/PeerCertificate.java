// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the caller at the other end of one connection has shown, and what we think of it at the
 * moment. Thread-safe.
 */
final class PeerCertificate {
  /** The kind of an alternative name that is a URI, RFC 5280. */
  private static final int URI_NAME = 6;

  private static final String NONE_SHOWN =
      "caller: no certificate and no token (expected: one of them)";

  private final List<X509Certificate> chain;
  private final Optional<Role> role;
  private final String trustDomain;
  private final long endsAtMillis;
  private volatile @Nullable Verdict verdict;

  /** What was thought of the chain under one set of authorities; an empty defect means sound. */
  private record Verdict(Optional<X509ExtendedTrustManager> under, String defect) {}

  private PeerCertificate(List<X509Certificate> chain, String trustDomain) {
    this.chain = chain;
    this.trustDomain = trustDomain;
    this.role = chain.isEmpty() ? Optional.empty() : roleIn(chain.get(0), trustDomain);
    this.endsAtMillis =
        chain.stream()
            .mapToLong(one -> one.getNotAfter().toInstant().toEpochMilli())
            .min()
            .orElse(0);
  }

  static PeerCertificate of(@Nullable SSLSession session, String trustDomain) {
    if (session == null) {
      return new PeerCertificate(List.of(), trustDomain);
    }
    try {
      Certificate[] shown = session.getPeerCertificates();
      return new PeerCertificate(
          Arrays.stream(shown).map(X509Certificate.class::cast).toList(), trustDomain);
    } catch (SSLPeerUnverifiedException e) {
      // The caller showed none; where none is wanted it may have a token.
      return new PeerCertificate(List.of(), trustDomain);
    }
  }

  /** The role its URI names, if it does; worth something only without defect. */
  Optional<Role> role() {
    return role;
  }

  /** What is wrong with the caller by what we trust now; empty if nothing is. */
  String defect(SecurityMaterial material) {
    if (chain.isEmpty()) {
      return NONE_SHOWN;
    }
    Verdict known = verdict;
    if (known == null || !known.under().equals(material.trust())) {
      known = new Verdict(material.trust(), verified(material.trust()));
      verdict = known;
    }
    if (known.defect().isEmpty() && System.currentTimeMillis() > endsAtMillis) {
      return subject() + "expired at " + Instant.ofEpochMilli(endsAtMillis);
    }
    return known.defect();
  }

  private String verified(Optional<X509ExtendedTrustManager> trust) {
    if (trust.isEmpty()) {
      return NONE_SHOWN;
    }
    try {
      trust
          .get()
          .checkClientTrusted(
              chain.toArray(X509Certificate[]::new), chain.get(0).getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      return subject() + "is not trusted (expected: signed by an authority the server trusts)";
    }
    return role.isPresent()
        ? ""
        : subject()
            + "names no role (expected: exactly one URI, spiffe://"
            + trustDomain
            + "/ROLE, ROLE one of "
            + Role.words()
            + ")";
  }

  private String subject() {
    return "certificate: " + chain.get(0).getSubjectX500Principal().getName() + " ";
  }

  /** The role of a certificate with exactly one URI, as SPIFFE demands. */
  private static Optional<Role> roleIn(X509Certificate certificate, String trustDomain) {
    List<String> uris = new ArrayList<>();
    try {
      Stream.ofNullable(certificate.getSubjectAlternativeNames())
          .flatMap(names -> names.stream())
          .filter(name -> name.get(0).equals(URI_NAME))
          .forEach(name -> uris.add(String.valueOf(name.get(1))));
    } catch (CertificateParsingException e) {
      // Names that cannot be read name no role.
      return Optional.empty();
    }
    String prefix = "spiffe://" + trustDomain + "/";
    return uris.size() == 1 && uris.get(0).startsWith(prefix)
        ? Role.of(uris.get(0).substring(prefix.length()))
        : Optional.empty();
  }
}
