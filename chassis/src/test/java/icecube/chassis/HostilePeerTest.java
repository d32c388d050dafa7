// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import icecube.otel.Meters;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One hostile connection costs itself, not the server. */
class HostilePeerTest {
  private static final int FLOOD = 20_000;
  private static final int CONTINUATIONS = 2_000_000;
  private static final long BOMB_BYTES = 100L << 20;

  /**
   * What Netty takes from a socket at once, and works through although the connection has ended.
   */
  private static final int READ_BYTES_MAX = 1 << 16;

  /** What a message may be nested, by protobuf-java. */
  private static final int DEPTH_MAX = 100;

  /** Tells of every bad frame, with a stack trace. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private final Closer closer = new Closer();
  private final BytesService service = new BytesService();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private GrpcServer server;

  @BeforeAll
  static void quieten() {
    GRPC.setLevel(Level.OFF);
  }

  @AfterAll
  static void listen() {
    GRPC.setLevel(null);
  }

  @BeforeEach
  void serve() {
    server =
        closer.add(
            GrpcServer.start(
                ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ZERO),
                List.of(service),
                Meters.of(meters)));
  }

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void endsAConnectionThatResetsItsCallsAtOnce() throws IOException {
    byte[] block = RawConnection.block(BytesService.PATH);

    flood(
        (connection, stream) -> {
          connection.headers(stream, RawConnection.END_HEADERS, block);
          connection.reset(stream);
        });

    assertThat(service.begun.get())
        .isPositive()
        .isLessThanOrEqualTo(ServerSettings.RESETS_PER_WINDOW_MAX + 1);
    assertServes();
  }

  @Test
  void endsAConnectionThatMakesTheServerReset() throws IOException {
    byte[] block = RawConnection.block(BytesService.PATH);

    flood(
        (connection, stream) -> {
          connection.headers(stream, RawConnection.END_HEADERS, block);
          connection.openWindowByNothing(stream);
        });

    assertThat(service.begun.get())
        .isPositive()
        .isLessThanOrEqualTo(ServerSettings.RESETS_PER_WINDOW_MAX + READ_BYTES_MAX / block.length);
    assertServes();
  }

  @Test
  void opensNoMoreCallsThanItSaid() throws IOException {
    byte[] block = RawConnection.block(BytesService.PATH);

    flood((connection, stream) -> connection.headers(stream, RawConnection.END_HEADERS, block));

    assertThat(service.openMax.get())
        .isPositive()
        .isLessThanOrEqualTo(ServerSettings.CALLS_PER_CONNECTION_MAX);
    assertServes();
  }

  @Test
  void endsAConnectionWhoseHeadersNeverEnd() throws IOException {
    byte[] block = RawConnection.block(BytesService.PATH);
    long before = servingCpuMillis();
    try (var connection = new RawConnection(server.port())) {
      whileItLasts(
          connection,
          () -> {
            connection.headers(1, 0, block);
            for (int i = 0; i < CONTINUATIONS && !connection.isEnded(); i++) {
              connection.continuation(1, 0, new byte[0]);
            }
          });
      Threads.await(connection::isEnded, "the connection is ended");
    }

    assertThat(service.begun.get()).isZero();
    assertThat(servingCpuMillis() - before).as("CPU of the server, ms").isLessThan(500);
    assertServes();
  }

  @Test
  void refusesHeadersAboveTheLimit() throws IOException {
    var block = new ByteArrayOutputStream();
    block.writeBytes(RawConnection.block(BytesService.PATH));
    RawConnection.literal(block, "x-large", "x".repeat(10_000));
    try (var connection = new RawConnection(server.port())) {
      connection.headers(1, RawConnection.END_HEADERS, block.toByteArray());
      connection.flush();

      assertServes();
      assertThat(service.begun.get()).isEqualTo(1);
    }
  }

  @Test
  void endsAConnectionThatOnlyPings() throws IOException {
    flood((connection, stream) -> connection.ping());

    assertServes();
  }

  @Test
  void refusesABombWithoutUnpackingIt() {
    // Field 15, whose 100 MiB are zeros: nothing is wrong with it but its size.
    var head = new ByteArrayInputStream(HexFormat.of().parseHex("7a80808032"));

    assertRefused(
        new SequenceInputStream(head, new Zeros(BOMB_BYTES)),
        CallOptions.DEFAULT.withCompression("gzip"),
        Reason.REASON_REQUEST_TOO_LARGE);
    assertThat(
            meters
                .get("icecube.chassis.requests.refused")
                .tag("reason", "REQUEST_TOO_LARGE")
                .counter()
                .count())
        .isEqualTo(1);
    assertServes();
  }

  @Test
  void refusesAMessageNestedTooDeep() throws IOException {
    ManagedChannel channel = channel();
    BytesService.call(channel, nested(DEPTH_MAX / 4), CallOptions.DEFAULT);

    for (int depth : new int[] {DEPTH_MAX, 10_000}) {
      assertRefused(nested(depth), CallOptions.DEFAULT, Reason.REASON_REQUEST_UNREADABLE);
    }
    assertServes();
  }

  @Test
  void refusesGroupsNestedTooDeep() {
    byte[] groups = new byte[1 << 20];
    Arrays.fill(groups, (byte) 0x0b); // Field 1 begins a group, and never ends it.

    assertRefused(
        new ByteArrayInputStream(groups), CallOptions.DEFAULT, Reason.REASON_REQUEST_UNREADABLE);
    assertServes();
  }

  /** Something a peer may do on one stream. */
  private interface Deed {
    void to(RawConnection connection, int stream) throws IOException;
  }

  private interface Deeds {
    void run() throws IOException;
  }

  /** Does it on stream after stream until the server ends the connection, which it must. */
  private void flood(Deed deed) throws IOException {
    try (var connection = new RawConnection(server.port())) {
      whileItLasts(
          connection,
          () -> {
            for (int i = 0; i < FLOOD && !connection.isEnded(); i++) {
              deed.to(connection, 2 * i + 1);
            }
          });
      Threads.await(connection::isEnded, "the connection is ended");
    }
  }

  // Writing fails when the server has ended the connection, which is what these tests wait for.
  private static void whileItLasts(RawConnection connection, Deeds deeds) {
    try {
      deeds.run();
      connection.flush();
    } catch (IOException e) {
      Threads.await(connection::isEnded, "the connection is ended");
    }
  }

  private void assertRefused(InputStream message, CallOptions options, Reason reason) {
    int before = service.taken.get();
    assertThatThrownBy(() -> BytesService.call(channel(), message, options))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(Reasons.reasonOf(e)).as("%s", e).contains(reason));
    assertThat(service.taken.get()).isEqualTo(before);
  }

  private void assertServes() {
    int before = service.taken.get();
    BytesService.call(channel(), InputStream.nullInputStream(), CallOptions.DEFAULT);
    assertThat(service.taken.get()).isEqualTo(before + 1);
  }

  /** A message of this many lists in lists, each two messages deep. */
  private static InputStream nested(int depth) throws IOException {
    // Value.list_value (6) holds ListValue, whose values (1) hold Value.
    ByteString inner = ByteString.EMPTY;
    for (int i = 0; i < depth; i++) {
      inner = field(6, field(1, inner));
    }
    // Struct.fields (1) is a map entry with key (1) and value (2).
    return field(1, field(2, inner)).newInput();
  }

  private static ByteString field(int number, ByteString value) throws IOException {
    ByteString.Output out = ByteString.newOutput();
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    coded.writeBytes(number, value);
    coded.flush();
    return out.toByteString();
  }

  private static long servingCpuMillis() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().startsWith("grpc-serve")) {
        nanos += Math.max(0, threads.getThreadCpuTime(id));
      }
    }
    return Duration.ofNanos(nanos).toMillis();
  }

  private ManagedChannel channel() {
    ManagedChannel channel = GrpcChannels.open(server.address());
    closer.add(channel::shutdownNow);
    return channel;
  }

  /** Many zeros, of which nobody holds more than is read. */
  static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = (int) Math.min(left, length);
      Arrays.fill(target, offset, offset + count, (byte) 0);
      left -= count;
      return count;
    }
  }
}
