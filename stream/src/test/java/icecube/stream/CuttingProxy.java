// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to Redis that breaks on demand: the request arrives, and instead of the reply the
 * connection ends. Only connections that were told to be cut are; requests are never touched.
 */
final class CuttingProxy implements Closeable {
  private final ServerSocket server;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cutsDue = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile CountDownLatch cut = new CountDownLatch(0);

  CuttingProxy(String targetUri) {
    int colon = targetUri.lastIndexOf(':');
    this.target =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(targetUri.substring(colon + 1)));
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("proxy-accept", this::accept);
  }

  String uri() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  /** The next reply, whosever it is, is dropped and its connection cut. */
  void cutNextReply() {
    cut = new CountDownLatch(1);
    cutsDue.incrementAndGet();
  }

  /** Waits until the cut that was ordered last has happened. */
  boolean isCut(long seconds) throws InterruptedException {
    return cut.await(seconds, TimeUnit.SECONDS);
  }

  int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        var upstream = new Socket();
        upstream.connect(target);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(upstream);
        start("proxy-up", () -> copy(client, upstream, false));
        start("proxy-down", () -> copy(upstream, client, true));
      } catch (IOException e) {
        // Closed, or Redis is away: the client notices by itself.
      }
    }
  }

  private void copy(Socket from, Socket to, boolean isReply) {
    byte[] buffer = new byte[65_536];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        if (isReply && cutsDue.getAndUpdate(due -> Math.max(0, due - 1)) > 0) {
          cuts.incrementAndGet();
          cut.countDown();
          return;
        }
        to.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException e) {
      // One side is gone; closing both tells the other.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void start(String name, Runnable task) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
