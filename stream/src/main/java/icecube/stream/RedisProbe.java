// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Asks a Redis that is just starting, in the plain text that Redis also understands: no client is
 * worth its threads for that.
 */
final class RedisProbe {
  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(2).toMillis();

  private final InetSocketAddress address;

  RedisProbe(String host, int port) {
    this.address = new InetSocketAddress(host, port);
  }

  /** The first line of the reply to a command. */
  String line(String command) throws IOException {
    try (var socket = open();
        var reader = send(socket, command)) {
      var line = reader.readLine();
      return line == null ? "" : line;
    }
  }

  /** A section of INFO; empty while Redis reads its files. */
  Map<String, String> info(String section) throws IOException {
    var facts = new HashMap<String, String>();
    try (var socket = open();
        var reader = send(socket, "INFO " + section + "\r\nQUIT")) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          facts.put(line.substring(0, colon), line.substring(colon + 1));
        }
      }
    }
    return facts;
  }

  private Socket open() throws IOException {
    var socket = new Socket();
    socket.connect(address, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static BufferedReader send(Socket socket, String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }
}
