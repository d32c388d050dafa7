// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * An HTTP/2 connection that obeys no limit of the other side: it writes frames as they are asked
 * for and throws away what comes back. Confined to one thread, but for the reading.
 */
final class RawConnection implements AutoCloseable {
  static final int END_HEADERS = 0x4;

  private static final int HEADERS = 0x1;
  private static final int RST_STREAM = 0x3;
  private static final int SETTINGS = 0x4;
  private static final int PING = 0x6;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int CONTINUATION = 0x9;
  private static final int CANCEL = 0x8;
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final DataOutputStream out;
  private final Thread reader;
  private volatile boolean isEnded;

  RawConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    reader = new Thread(this::readToTheEnd, "raw-connection");
    reader.start();
  }

  /** Begins a call, with or without the end of its headers. */
  void headers(int stream, int flags, byte[] block) throws IOException {
    frame(HEADERS, flags, stream, block);
  }

  void continuation(int stream, int flags, byte[] block) throws IOException {
    frame(CONTINUATION, flags, stream, block);
  }

  void reset(int stream) throws IOException {
    frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
  }

  /** What is forbidden: the other side answers with a reset of its own. */
  void openWindowByNothing(int stream) throws IOException {
    frame(WINDOW_UPDATE, 0, stream, new byte[4]);
  }

  void ping() throws IOException {
    frame(PING, 0, 0, new byte[8]);
  }

  void flush() throws IOException {
    out.flush();
  }

  /** Whether the other side has ended the connection. */
  boolean isEnded() {
    return isEnded;
  }

  /** The headers of a call to {@code path}. */
  static byte[] block(String path) {
    var block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x86); // :scheme http
    literal(block, 4, path); // :path
    literal(block, 1, "localhost"); // :authority
    literal(block, "content-type", "application/grpc");
    literal(block, "te", "trailers");
    return block.toByteArray();
  }

  /** A header of its own name, never indexed. */
  static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
    block.write(nameIndex);
    text(block, value);
  }

  // HPACK integers of seven bits and more, RFC 7541 §5.1.
  private static void text(ByteArrayOutputStream block, String text) {
    int length = text.length();
    if (length < 0x7f) {
      block.write(length);
    } else {
      block.write(0x7f);
      int rest = length - 0x7f;
      while (rest >= 0x80) {
        block.write(rest % 0x80 + 0x80);
        rest /= 0x80;
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(US_ASCII));
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  private void readToTheEnd() {
    var thrownAway = new byte[1 << 14];
    try (InputStream in = socket.getInputStream()) {
      while (in.read(thrownAway) >= 0) {
        Thread.onSpinWait();
      }
      isEnded = true;
    } catch (SocketTimeoutException e) {
      // Still open, which the test will say.
    } catch (IOException e) {
      isEnded = true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      reader.join(TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
