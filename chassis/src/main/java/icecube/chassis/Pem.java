// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys from PEM; what cannot be read is refused by file and cause. */
final class Pem {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private static final String PLAIN_KEY = "PRIVATE KEY";

  private Pem() {}

  /** The certificates in the order of the file, at least one. */
  static List<X509Certificate> certificates(SmallFile file) {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(file.bytes()))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw file.refused("holds no certificate", "-----BEGIN CERTIFICATE-----");
      }
      return certificates;
    } catch (CertificateException e) {
      throw file.refused(
          "holds no certificate that can be read: " + e.getMessage(), "PEM certificates", e);
    }
  }

  /** The one key. */
  static PrivateKey privateKey(SmallFile file) {
    Matcher found = KEY.matcher(new String(file.bytes(), ISO_8859_1));
    if (!found.find()) {
      throw file.refused("holds no private key", "-----BEGIN PRIVATE KEY-----");
    }
    if (!found.group(1).equals(PLAIN_KEY)) {
      throw file.refused(
          "holds a key in the form " + found.group(1),
          "PRIVATE KEY; openssl pkcs8 -topk8 -nocrypt makes it");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(found.group(2));
      return decoded(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw file.refused("holds a key that cannot be read", "an RSA or EC key in PKCS#8", e);
    }
  }

  private static PrivateKey decoded(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(encoded);
    } catch (InvalidKeySpecException e) {
      return KeyFactory.getInstance("RSA").generatePrivate(encoded);
    }
  }
}
