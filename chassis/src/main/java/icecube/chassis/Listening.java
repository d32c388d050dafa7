// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Addresses to listen on, and what to say when one cannot be had. */
final class Listening {
  private Listening() {}

  /** {@code host:port}; a bare IPv6 address gets the brackets without which its port is lost. */
  static String address(String host, int port) {
    return (host.indexOf(':') < 0 || host.startsWith("[") ? host : "[" + host + "]") + ":" + port;
  }

  static InetSocketAddress resolve(String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new StartException(
          "host: "
              + host
              + " (expected: a name or address of this machine); use 127.0.0.1 for this machine"
              + " only or 0.0.0.0 for all its networks",
          null);
    }
    return address;
  }

  static StartException refused(String host, int port, IOException cause) {
    return new StartException(
        "port: "
            + port
            + " on "
            + host
            + " cannot be listened on: "
            + rootMessage(cause)
            + " (expected: a free port on an address of this machine); stop what listens there,"
            + " choose another port, or 0 for any free one",
        cause);
  }

  // Netty wraps the reason ("Address already in use") one level down.
  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    for (Throwable next = root.getCause(); next != null; next = next.getCause()) {
      root = next;
    }
    return String.valueOf(root.getMessage());
  }
}
