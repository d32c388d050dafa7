// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface for servers that have to be told theirs.
 *
 * <p>They lie below those that the system hands out by itself, or a connection, or what another
 * test listens with, might take one before its server does. So does each port plus 10,000, by which
 * the servers of a cluster talk to each other.
 */
final class FreePorts {
  private static final int LOWEST = 12_000;
  private static final int BEYOND = 22_000;

  private FreePorts() {}

  /** One that nobody listens on now, and that nobody else is likely to be given. */
  static int next() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Somebody listens there: another.
      }
    }
  }
}
