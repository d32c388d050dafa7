// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one gRPC server: one that accepts and {@code loopCount} that serve, on epoll where
 * there is one. Owned by the server and not shared, so that they have names and end with it.
 */
final class EventLoops implements AutoCloseable {
  private static final long CLOSE_TIMEOUT_SECONDS = 5;

  private final EventLoopGroup accepting;
  private final EventLoopGroup serving;

  private EventLoops(EventLoopGroup accepting, EventLoopGroup serving) {
    this.accepting = accepting;
    this.serving = serving;
  }

  static EventLoops create(int loopCount) {
    return new EventLoops(group("grpc-accept", 1), group("grpc-serve", loopCount));
  }

  EventLoopGroup accepting() {
    return accepting;
  }

  EventLoopGroup serving() {
    return serving;
  }

  Class<? extends ServerChannel> channelType() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  @Override
  public void close() {
    Future<?> acceptingEnd =
        accepting.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    Future<?> servingEnd = serving.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    acceptingEnd.awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    servingEnd.awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private static EventLoopGroup group(String name, int threadCount) {
    IoHandlerFactory polling =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    // Daemons: a main thread decides how long the process lives.
    return new MultiThreadIoEventLoopGroup(
        threadCount, new DefaultThreadFactory(name, true), polling);
  }
}
