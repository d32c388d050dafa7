// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Redis of our own: a child process on a free port of the loopback interface, with its
 * append-only file, settings and log in one folder.
 *
 * <p>It needs nothing installed: where the {@code PATH} has no {@code redis-server} of version 7.0
 * or later, the carried one runs (see {@link RedisBinary}). Started again over the same folder it
 * has everything the last one was given, but for the last second after a crash of the machine. It
 * ends with {@link #close}, and, where there is a shell, also when this process is killed.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedRedis implements AutoCloseable {
  /** How long Redis may take to read its files and answer. */
  public static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final int PORT_ATTEMPTS_MAX = 5;
  private static final int LOG_LINES_MAX = 5;
  private static final String HOST = "127.0.0.1";

  private final Path folder;
  private final RedisBinary binary;
  private final int port;
  private final FolderLock folderLock;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable RedisProcess process;

  private volatile boolean isWritingThrough;

  private EmbeddedRedis(Path folder, RedisBinary binary, int port, FolderLock folderLock) {
    this.folder = folder;
    this.binary = binary;
    this.port = port;
    this.folderLock = folderLock;
    this.process = launch();
  }

  /**
   * Starts a Redis whose files are in {@code folder}, which is created if need be.
   *
   * @throws EventLogException if there is no Redis to start, or it does not start; the message says
   *     what was tried and what its log says
   */
  public static EmbeddedRedis start(Path folder) {
    return start(folder, RedisBinary.find(folder));
  }

  /** Starts this Redis over {@code folder}. */
  public static EmbeddedRedis start(Path folder, RedisBinary binary) {
    var home = folder.toAbsolutePath();
    var folderLock = FolderLock.of(home);
    for (int attempt = 1; ; attempt++) {
      try {
        return new EmbeddedRedis(home, binary, freePort(), folderLock);
      } catch (EventLogException e) {
        if (!(e instanceof PortTakenException) || attempt == PORT_ATTEMPTS_MAX) {
          folderLock.close();
          throw e;
        }
      }
    }
  }

  /** Where it listens: {@code redis://127.0.0.1:port}. Stays the same over {@link #restart}. */
  public String uri() {
    return "redis://" + HOST + ":" + port;
  }

  /** The program that runs. */
  public RedisBinary binary() {
    return binary;
  }

  /**
   * Whether it could not write what it was last given, for example to a full disk; it refuses all
   * further changes until it can. False, too, while it does not answer.
   */
  public boolean isRefusingWrites() {
    try {
      return "err"
          .equals(new RedisProbe(HOST, port).info("persistence").get("aof_last_write_status"));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Has every change on disk before it is answered, from here on and over {@link #restart}; until
   * then a killed Redis may lose what it answered while its disk was behind.
   *
   * @throws EventLogException if it does not answer
   */
  public void writeThrough() {
    isWritingThrough = true;
    try {
      String answer = new RedisProbe(HOST, port).line("CONFIG SET appendfsync always");
      if (!answer.equals("+OK")) {
        throw new EventLogException("redis at " + uri() + ": " + answer + " (expected: +OK)");
      }
    } catch (IOException e) {
      throw new EventLogException("redis at " + uri() + ": does not answer", e);
    }
  }

  /** Kills it without a chance to write anything more; a no-op if it does not run. */
  public void kill() {
    synchronized (lock) {
      if (process != null) {
        process.kill();
        process = null;
      }
    }
  }

  /** Starts it again over the same folder, on the same port, after stopping it if it runs. */
  public void restart() {
    synchronized (lock) {
      stop();
      process = launch();
    }
  }

  @Override
  public void close() {
    stop();
    folderLock.close();
  }

  private void stop() {
    synchronized (lock) {
      if (process != null) {
        process.stop(STOP_TIMEOUT);
        process = null;
      }
    }
  }

  private RedisProcess launch() {
    var configuration = writeConfiguration();
    boolean isMended = new AofGuard(folder, binary).mend();
    var log = folder.resolve("redis.log");
    var probe = new RedisProbe(HOST, port);
    var started = RedisProcess.start(List.of(binary.path().toString(), configuration), log);
    try {
      awaitReady(started, probe, log);
      if (!isMended) {
        awaitRewritten(started, probe, log);
      }
      return started;
    } catch (EventLogException e) {
      started.kill();
      throw e;
    }
  }

  private String writeConfiguration() {
    var settings =
        """
        # Written at every start by icecube; changes here are lost.
        bind %s
        port %d
        protected-mode yes
        daemonize no
        dir "%s"
        appendonly yes
        appendfsync %s
        save ""
        maxmemory 0
        maxmemory-policy noeviction
        """
            .formatted(
                HOST,
                port,
                folder.toString().replace("\\", "\\\\").replace("\"", "\\\""),
                isWritingThrough ? "always" : "everysec");
    try {
      var file = folder.resolve("redis.conf");
      Files.writeString(file, settings);
      return file.toString();
    } catch (IOException e) {
      throw FolderLock.notWritable(folder, e);
    }
  }

  /** Waits until the process we started, and not another on the same port, answers. */
  private static void awaitReady(RedisProcess process, RedisProbe probe, Path log) {
    String pid = Long.toString(process.pid());
    awaitFact(process, log, () -> pid.equals(probe.info("server").get("process_id")));
    awaitFact(process, log, () -> probe.line("PING").equals("+PONG"));
  }

  private static void awaitRewritten(RedisProcess process, RedisProbe probe, Path log) {
    awaitFact(process, log, () -> probe.line("BGREWRITEAOF").startsWith("+"));
    awaitFact(
        process,
        log,
        () -> {
          var facts = probe.info("persistence");
          return "0".equals(facts.get("aof_rewrite_in_progress"))
              && "0".equals(facts.get("aof_rewrite_scheduled"))
              && "ok".equals(facts.get("aof_last_bgrewrite_status"));
        });
  }

  private static void awaitFact(RedisProcess process, Path log, Fact fact) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!fact.holds()) {
      if (!process.isAlive()) {
        throw ended(log);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new EventLogException("redis-server: interrupted while it was starting");
      }
      if (System.nanoTime() > deadline) {
        throw new EventLogException(
            "redis-server: not ready within %s; its log ends:%n%s"
                .formatted(START_TIMEOUT, lastLines(log)));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static EventLogException ended(Path log) {
    String lines = lastLines(log);
    return lines.contains("Address already in use")
        ? new PortTakenException("redis-server: its port was taken; try again")
        : new EventLogException("redis-server: ended at once; its log ends:\n" + lines);
  }

  /** Something to wait for; false also while Redis does not listen yet. */
  private interface Fact {
    boolean isSo() throws IOException;

    default boolean holds() {
      try {
        return isSo();
      } catch (IOException e) {
        return false;
      }
    }
  }

  private static String lastLines(Path log) {
    try {
      var lines = new ArrayList<>(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
      return lines.stream()
          .skip(Math.max(0, lines.size() - LOG_LINES_MAX))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return log + ": " + e.getMessage();
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EventLogException("no free port on " + HOST, e);
    }
  }

  /** Somebody was faster; another port will do. */
  private static final class PortTakenException extends EventLogException {
    private static final long serialVersionUID = 1L;

    PortTakenException(String message) {
      super(message);
    }
  }
}
