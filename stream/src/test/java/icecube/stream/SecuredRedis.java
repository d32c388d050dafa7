// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Redis as {@code deploy/redis} says: TLS only, users of the shipped file, no default user. */
final class SecuredRedis implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Path USERS = Path.of("..", "deploy", "redis", "users.acl");

  private final Path folder;
  private final int port;
  private final Process process;

  private SecuredRedis(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  static SecuredRedis start(Path binary, Path folder) {
    try {
      run(
          folder,
          "openssl",
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-keyout",
          "ca.key",
          "-out",
          "ca.crt",
          "-subj",
          "/CN=test-ca",
          "-days",
          "2");
      certificate(folder, "redis", "subjectAltName=IP:127.0.0.1");
      certificate(folder, "client", "subjectAltName=DNS:client");
      Files.writeString(folder.resolve("users.acl"), users());
      int port = FreePorts.next();
      var process =
          new ProcessBuilder(
                  binary.toString(),
                  "--port",
                  "0",
                  "--tls-port",
                  Integer.toString(port),
                  "--bind",
                  "127.0.0.1",
                  "--tls-cert-file",
                  "redis.crt",
                  "--tls-key-file",
                  "redis.key",
                  "--tls-ca-cert-file",
                  "ca.crt",
                  "--tls-auth-clients",
                  "yes",
                  "--aclfile",
                  "users.acl",
                  "--save",
                  "")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      var redis = new SecuredRedis(folder, port, process);
      redis.awaitListening();
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The shipped file, each user with its own name as password. */
  private static String users() throws IOException {
    var text = new StringBuilder();
    for (String line : Files.readAllLines(USERS)) {
      String user = line.replaceFirst("^user (\\S+).*", "$1");
      text.append(line.replace(user.toUpperCase(Locale.ROOT) + "_SHA256", sha256(user)))
          .append('\n');
    }
    // Of the test alone: somebody who may ask Redis what the others may.
    return text.append("user tester on >tester -@all +acl|dryrun\n").toString();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void certificate(Path folder, String name, String extension) throws IOException {
    run(
        folder,
        "openssl",
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr",
        "-subj",
        "/CN=" + name);
    Files.writeString(folder.resolve(name + ".ext"), extension);
    run(
        folder,
        "openssl",
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        name + ".crt",
        "-days",
        "2",
        "-extfile",
        name + ".ext");
  }

  private static void run(Path folder, String... command) throws IOException {
    var process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(Files.readString(folder.resolve("openssl.log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void awaitListening() {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new UncheckedIOException(e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** How this user comes in, with our certificate. */
  RedisSettings settings(String user, String stream) {
    return settings(user, user, stream, true);
  }

  RedisSettings settings(String user, String password, String stream, boolean hasCertificate) {
    try {
      Path passwordFile = folder.resolve(user + ".password");
      Files.writeString(passwordFile, password + "\n");
      return new RedisSettings(
          "rediss://127.0.0.1:" + port,
          stream,
          OptionalInt.empty(),
          new RedisSecurity(
              Optional.of(user),
              Optional.of(passwordFile),
              Optional.of(folder.resolve("ca.crt")),
              hasCertificate ? Optional.of(folder.resolve("client.crt")) : Optional.empty(),
              hasCertificate ? Optional.of(folder.resolve("client.key")) : Optional.empty()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What Redis says to this command of this user, without running it. */
  boolean mayRun(String user, String command) {
    var words = List.of(command.split(" ", -1));
    var arguments = new ArrayList<>(List.of("redis-cli", "--tls", "--cacert", "ca.crt"));
    arguments.addAll(List.of("--cert", "client.crt", "--key", "client.key"));
    arguments.addAll(List.of("-p", Integer.toString(port), "--user", "tester", "--pass", "tester"));
    arguments.addAll(List.of("--no-auth-warning", "ACL", "DRYRUN", user));
    arguments.addAll(words);
    try {
      var asked =
          new ProcessBuilder(arguments)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      return new String(asked.getInputStream().readAllBytes(), UTF_8).strip().equals("OK");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
