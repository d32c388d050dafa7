// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Redis that knows commands and replies and nothing of the mesh, so that what it
 * finds does not depend on the code under test. Confined to one thread.
 */
final class RawRedis implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(5).toMillis();

  private final Socket socket;
  private final DataInputStream replies;

  private RawRedis(Socket socket) throws IOException {
    this.socket = socket;
    this.replies = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  /** Connects to a port of this machine. */
  static RawRedis connect(int port) throws IOException {
    var socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      return new RawRedis(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The reply to a command: a Long, a byte[], a List of such, or null. */
  @Nullable Object ask(String... arguments) throws IOException {
    var parts = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      parts[i] = arguments[i].getBytes(UTF_8);
    }
    return ask(parts);
  }

  /** The same with arguments of any bytes. */
  @Nullable Object ask(byte[]... arguments) throws IOException {
    var request = new ByteArrayOutputStream();
    request.writeBytes(("*" + arguments.length + "\r\n").getBytes(UTF_8));
    for (byte[] argument : arguments) {
      request.writeBytes(("$" + argument.length + "\r\n").getBytes(UTF_8));
      request.writeBytes(argument);
      request.writeBytes("\r\n".getBytes(UTF_8));
    }
    request.writeTo(socket.getOutputStream());
    return reply();
  }

  /** The reply to a command that answers with a number, also one in text; 0 for none. */
  long number(String... arguments) throws IOException {
    Object reply = ask(arguments);
    return reply instanceof Long number ? number : reply == null ? 0 : Long.parseLong(text(reply));
  }

  /** The reply to a command that answers with a list. */
  @SuppressWarnings("unchecked") // reply() makes no other lists
  List<@Nullable Object> list(String... arguments) throws IOException {
    Object reply = ask(arguments);
    if (reply instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw new IOException(arguments[0] + ": " + reply + " (expected: a list)");
  }

  /** A section of INFO. */
  Map<String, String> info(String section) throws IOException {
    Map<String, String> facts = new HashMap<>();
    text(ask("INFO", section))
        .lines()
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              if (colon > 0) {
                facts.put(line.substring(0, colon), line.substring(colon + 1));
              }
            });
    return facts;
  }

  /** A reply as text. */
  static String text(@Nullable Object reply) {
    return reply instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(reply);
  }

  private @Nullable Object reply() throws IOException {
    int kind = replies.read();
    String line = line();
    return switch (kind) {
      case '+' -> line.getBytes(UTF_8);
      case ':' -> Long.valueOf(line);
      case '-' -> throw new RedisRefusedException(line);
      case '$' -> bulk(Integer.parseInt(line));
      case '*' -> list(Integer.parseInt(line));
      default -> throw new EOFException("redis: the connection is closed");
    };
  }

  private byte @Nullable [] bulk(int size) throws IOException {
    if (size < 0) {
      return null;
    }
    byte[] bytes = replies.readNBytes(size);
    if (bytes.length < size || replies.skipBytes(2) < 2) {
      throw new EOFException("redis: the connection closed within a reply");
    }
    return bytes;
  }

  private @Nullable List<@Nullable Object> list(int count) throws IOException {
    if (count < 0) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(reply());
    }
    return list;
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = replies.read(); next >= 0; next = replies.read()) {
      if (next == '\r') {
        replies.read();
        return line.toString();
      }
      line.append((char) next);
    }
    throw new EOFException("redis: the connection is closed");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed either way.
    }
  }

  /** Redis has answered, and said no. */
  static final class RedisRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RedisRefusedException(String message) {
      super(message);
    }
  }
}
