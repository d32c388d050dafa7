// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The health check of a container that has no shell: asks a management port whether its service is
 * ready. A program of its own beside {@link Main}, on a bare socket, because it runs every few
 * seconds beside the service: a JVM that loads only this takes a fraction of the processor time of
 * one that reads a command line and brings an HTTP client.
 *
 * <p>{@code java -cp icecube.jar icecube.cli.HealthProbe HOST:PORT}: exit code 0 if it is ready, 1
 * if it is not or gives no answer within 2 s, 2 for wrong usage.
 */
public final class HealthProbe {
  private static final int TIMEOUT_MILLIS = 2_000;

  /** As long as {@code HTTP/1.1 200}. */
  private static final int STATUS_LENGTH = 12;

  private HealthProbe() {}

  /** Probes once and ends the process. */
  public static void main(String[] arguments) {
    System.exit(probe(arguments));
  }

  /** Probes once; answers the exit code. */
  static int probe(String... arguments) {
    int colon = arguments.length == 1 ? arguments[0].lastIndexOf(':') : -1;
    if (colon < 1 || !arguments[0].substring(colon + 1).matches("[0-9]{1,5}")) {
      System.err.println(
          "arguments: "
              + String.join(" ", arguments)
              + " (expected: HOST:PORT of a management port)");
      return 2;
    }
    String host = arguments[0].substring(0, colon);
    int port = Integer.parseInt(arguments[0].substring(colon + 1));
    try {
      String status = status(host, port);
      System.out.println(arguments[0] + ": " + status);
      return status.endsWith(" 200") ? 0 : 1;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println(arguments[0] + ": " + e.getMessage() + " (expected: a ready service)");
      return 1;
    }
  }

  private static String status(String host, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      String request =
          "GET /health/ready HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readNBytes(STATUS_LENGTH), US_ASCII);
    }
  }
}
