// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What the files of {@link SecurityFiles} held at one moment, all of it sound. Immutable.
 *
 * @param own our certificate, if we have one
 * @param trust whom we trust, if we ask
 * @param token what we send with every call
 * @param accepted tokens of others
 */
record SecurityMaterial(
    Optional<OwnCertificate> own,
    Optional<X509ExtendedTrustManager> trust,
    Optional<String> token,
    AcceptedTokens accepted) {

  /** The files, read but not yet understood. */
  record Read(
      Optional<SmallFile> certificate,
      Optional<SmallFile> key,
      Optional<SmallFile> authorities,
      Optional<SmallFile> token,
      Optional<SmallFile> tokensAccepted) {

    static Read of(SecurityFiles files) {
      return new Read(
          read("tls-cert", files.certificate()),
          read("tls-key", files.key()),
          read("tls-ca", files.authorities()),
          read("token-file", files.token()),
          read("tokens-accepted", files.tokensAccepted()));
    }

    /** Whether every file has the bytes it had in {@code other}. */
    boolean equalsInBytes(Read other) {
      List<Optional<SmallFile>> ours = files();
      List<Optional<SmallFile>> theirs = other.files();
      for (int i = 0; i < ours.size(); i++) {
        byte[] our = ours.get(i).map(SmallFile::bytes).orElse(new byte[0]);
        byte[] their = theirs.get(i).map(SmallFile::bytes).orElse(new byte[0]);
        if (!Arrays.equals(our, their)) {
          return false;
        }
      }
      return true;
    }

    private List<Optional<SmallFile>> files() {
      return List.of(certificate, key, authorities, token, tokensAccepted);
    }

    private static Optional<SmallFile> read(String flag, Optional<Path> path) {
      return path.map(file -> SmallFile.read(flag, file));
    }
  }

  /** Understands what was read, or says which file is wrong and why. */
  static SecurityMaterial of(Read read) {
    return new SecurityMaterial(
        read.certificate().map(file -> OwnCertificate.read(file, read.key().orElseThrow())),
        read.authorities().map(SecurityMaterial::trusting),
        read.token().map(AcceptedTokens::token),
        read.tokensAccepted().map(AcceptedTokens::read).orElse(AcceptedTokens.NONE));
  }

  private static X509ExtendedTrustManager trusting(SmallFile authorities) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      List<X509Certificate> certificates = new ArrayList<>(Pem.certificates(authorities));
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("authority-" + i, certificates.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("PKIX: no trust manager (expected: one in every JDK)");
    } catch (GeneralSecurityException | IOException e) {
      throw authorities.refused("cannot be trusted: " + e.getMessage(), "PEM certificates", e);
    }
  }
}
