// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its key, known to belong together and to be valid when it was read.
 *
 * @param chain ours first
 * @param key of the first
 */
record OwnCertificate(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] PROBE = {1, 2, 3, 4};

  OwnCertificate {
    chain = List.copyOf(chain);
  }

  /** Reads both files, or says which of them is wrong and why. */
  static OwnCertificate read(SmallFile certificateFile, SmallFile keyFile) {
    var own = new OwnCertificate(Pem.certificates(certificateFile), Pem.privateKey(keyFile));
    try {
      own.leaf().checkValidity();
    } catch (CertificateExpiredException e) {
      throw certificateFile.refused(
          "expired at " + own.leaf().getNotAfter().toInstant(), "a valid certificate", e);
    } catch (CertificateNotYetValidException e) {
      throw certificateFile.refused(
          "is not valid before " + own.leaf().getNotBefore().toInstant(),
          "a valid certificate; is the clock right?",
          e);
    }
    if (!own.belongTogether()) {
      throw keyFile.refused(
          "is not the key of " + certificateFile.path(), "the key of the first certificate there");
    }
    return own;
  }

  X509Certificate leaf() {
    return chain.get(0);
  }

  X509Certificate[] chainArray() {
    return chain.toArray(X509Certificate[]::new);
  }

  private boolean belongTogether() {
    if (!key.getAlgorithm().equals(leaf().getPublicKey().getAlgorithm())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(leaf().getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // What cannot be verified does not belong together; the caller names both files.
      return false;
    }
  }
}
