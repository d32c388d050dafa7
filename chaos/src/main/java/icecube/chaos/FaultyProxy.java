// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a server that may lead elsewhere tomorrow, stand still, bring replies late, or break
 * under one.
 *
 * <p>Threads: one that accepts, two for each connection. Thread-safe.
 */
final class FaultyProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Duration STALL_POLL = Duration.ofMillis(5);

  private final ServerSocket listener;
  private final long seed;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile int targetPort;
  private volatile boolean isStalled;
  private volatile int cutPerThousand;
  private volatile int delayMillisMax;
  private volatile boolean isClosed;
  private int linkCount;

  private FaultyProxy(ServerSocket listener, int targetPort, long seed) {
    this.listener = listener;
    this.targetPort = targetPort;
    this.seed = seed;
  }

  /** Listens on a free port of the loopback interface. */
  static FaultyProxy start(int targetPort, long seed) throws IOException {
    var proxy =
        new FaultyProxy(
            new ServerSocket(0, 128, InetAddress.getLoopbackAddress()), targetPort, seed);
    thread("proxy-accept-" + proxy.port(), proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Breaks all connections; new ones lead to another port. */
  void turnTo(int port) {
    targetPort = port;
    cutAll();
  }

  /** Breaks all connections. */
  void cutAll() {
    links.forEach(Link::close);
  }

  /** Lets nothing through, or everything again. */
  void stall(boolean isToStall) {
    isStalled = isToStall;
  }

  /**
   * Breaks connections instead of bringing a reply, so many of a thousand, and brings others late.
   */
  void trouble(int cutsPerThousand, int latestMillis) {
    cutPerThousand = cutsPerThousand;
    delayMillisMax = latestMillis;
  }

  private void accept() {
    while (!isClosed) {
      try {
        Socket client = listener.accept();
        connect(client);
      } catch (IOException e) {
        // Closed, or nobody behind: the client sees its connection end.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      var server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      var link = new Link(client, server, new Random(seed * 31 + linkCount++));
      links.add(link);
      thread("proxy-requests-" + port(), link::carryRequests);
      thread("proxy-replies-" + port(), link::carryReplies);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private static void thread(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    listener.close();
    cutAll();
  }

  /** One connection of a client. */
  private final class Link {
    private final Socket client;
    private final Socket server;
    private final Random random;

    Link(Socket client, Socket server, Random random) {
      this.client = client;
      this.server = server;
      this.random = random;
    }

    void carryRequests() {
      carry(client, server, false);
    }

    void carryReplies() {
      carry(server, client, true);
    }

    private void carry(Socket from, Socket to, boolean isReply) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (from;
          to) {
        var in = from.getInputStream();
        var out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (isReply && isCut()) {
            return;
          }
          while (isStalled && !to.isClosed()) {
            LockSupport.parkNanos(STALL_POLL.toNanos());
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException e) {
        // Either end is gone: so is the other.
      } finally {
        close();
      }
    }

    private boolean isCut() {
      int latest = delayMillisMax;
      if (latest > 0) {
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(latest + 1)).toNanos());
      }
      return random.nextInt(1_000) < cutPerThousand;
    }

    void close() {
      links.remove(this);
      try (client;
          server) {
        return;
      } catch (IOException e) {
        // Closed either way.
      }
    }
  }
}
