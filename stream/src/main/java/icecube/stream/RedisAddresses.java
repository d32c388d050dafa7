// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@link RedisSettings} say, as Lettuce takes it. */
final class RedisAddresses {
  private static final Pattern SEVERAL =
      Pattern.compile("(?<scheme>rediss?)://(?<login>[^@/]*@)?(?<hosts>[^/,]+(,[^/,]+)+)");

  private RedisAddresses() {}

  /**
   * One address for each host of the uri; Sentinels together are one.
   *
   * @throws LogSettingsException if the uri is none, or a file it needs cannot be read
   */
  static List<RedisURI> of(RedisSettings settings) {
    List<RedisURI> addresses = new ArrayList<>();
    Matcher several = SEVERAL.matcher(settings.uri());
    if (several.matches()) {
      String login = several.group("login") == null ? "" : several.group("login");
      for (String host : several.group("hosts").split(",", -1)) {
        addresses.add(address(settings, several.group("scheme") + "://" + login + host));
      }
    } else {
      addresses.add(address(settings, settings.uri()));
    }
    return addresses;
  }

  private static RedisURI address(RedisSettings settings, String uri) {
    RedisURI address;
    try {
      address = RedisURI.create(uri);
    } catch (IllegalArgumentException e) {
      // The cause would quote the uri with its password.
      throw new LogSettingsException(
          "redis uri: %s (expected: redis://[:password@]host[:port], several hosts of a Cluster with"
                  .formatted(settings.maskedUri())
              + " ',' between, or redis-sentinel://host[:port][,host[:port]]#primary)");
    }
    address.setTimeout(RedisSettings.COMMAND_TIMEOUT);
    var security = settings.security();
    if (security.needsTls() && !address.isSsl()) {
      throw new LogSettingsException(
          "redis uri: %s (expected: rediss://, because certificates are given)"
              .formatted(settings.maskedUri()));
    }
    if (security.passwordFile().isPresent()) {
      Path file = security.passwordFile().get();
      String user = security.user().orElse(null);
      var unused = password(file); // now, for a message of its own
      // Read anew for every connection, so that a password can change while we run.
      address.setCredentialsProvider(
          RedisCredentialsProvider.from(() -> RedisCredentials.just(user, password(file))));
    }
    return address;
  }

  private static String password(Path file) {
    try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines
          .findFirst()
          .filter(line -> !line.isEmpty())
          .orElseThrow(
              () ->
                  new LogSettingsException(
                      "redis-password-file: %s is empty (expected: the password on its first line)"
                          .formatted(file)));
    } catch (IOException e) {
      throw unreadable("redis-password-file", file, e);
    }
  }

  /** Adds whom to trust and who we are. */
  static ClientOptions.Builder secured(ClientOptions.Builder options, RedisSecurity security) {
    if (!security.needsTls()) {
      return options;
    }
    var ssl = SslOptions.builder();
    security.caFile().ifPresent(file -> ssl.trustManager(certificates("redis-ca", file).toFile()));
    if (security.certificateFile().isPresent() && security.keyFile().isPresent()) {
      ssl.keyManager(
          certificates("redis-cert", security.certificateFile().get()).toFile(),
          readable("redis-key", security.keyFile().get()).toFile(),
          null);
    }
    return options.sslOptions(ssl.build());
  }

  /** A file with certificates in it: Netty tells of one without by a stack trace only. */
  private static Path certificates(String name, Path file) {
    try (var bytes = Files.newInputStream(readable(name, file))) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(bytes).isEmpty()) {
        return file;
      }
    } catch (IOException e) {
      throw unreadable(name, file, e);
    } catch (CertificateException e) {
      throw new LogSettingsException(withoutCertificate(name, file), e);
    }
    throw new LogSettingsException(withoutCertificate(name, file));
  }

  private static String withoutCertificate(String name, Path file) {
    return "%s: %s holds no certificate (expected: PEM)".formatted(name, file);
  }

  private static Path readable(String name, Path file) {
    try (var bytes = Files.newInputStream(file)) {
      var unused = bytes.read();
      return file;
    } catch (IOException e) {
      throw unreadable(name, file, e);
    }
  }

  private static LogSettingsException unreadable(String name, Path file, IOException failure) {
    return new LogSettingsException(
        "%s: %s cannot be read, %s (expected: a readable file)"
            .formatted(name, file, failure.getClass().getSimpleName()),
        failure);
  }
}
