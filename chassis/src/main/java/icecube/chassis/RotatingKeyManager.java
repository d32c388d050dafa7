// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows whatever certificate is ours at the moment, whichever authorities the other side names: the
 * list of a server is that of its start, and would keep a certificate of a newer one back.
 *
 * <p>A handshake asks for alias, chain and key one after the other. The alias is the number of a
 * generation, and the one before is kept, so a rotation in between mixes nothing. Thread-safe.
 */
final class RotatingKeyManager extends X509ExtendedKeyManager {
  private record Generation(long number, OwnCertificate own, @Nullable Generation previous) {}

  private volatile @Nullable Generation current;

  /** Shows {@code own} from the next handshake on. One thread at a time. */
  void rotate(OwnCertificate own) {
    Generation last = current;
    current =
        last == null
            ? new Generation(0, own, null)
            : new Generation(
                last.number() + 1, own, new Generation(last.number(), last.own(), null));
  }

  private @Nullable String alias(String... keyTypes) {
    Generation generation = current;
    if (generation == null) {
      return null;
    }
    String algorithm = generation.own().key().getAlgorithm();
    for (String keyType : keyTypes) {
      // "EC", "EC_EC", "RSA", "EC_RSA" (ECDHE signed by RSA), "DHE_RSA": the signer is at the end.
      if (keyType.endsWith(algorithm)) {
        return Long.toString(generation.number());
      }
    }
    return null;
  }

  private @Nullable OwnCertificate own(String alias) {
    for (Generation one = current; one != null; one = one.previous()) {
      if (Long.toString(one.number()).equals(alias)) {
        return one.own();
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal[] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    OwnCertificate own = own(alias);
    return own == null ? null : own.chainArray();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    OwnCertificate own = own(alias);
    return own == null ? null : own.key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }
}
