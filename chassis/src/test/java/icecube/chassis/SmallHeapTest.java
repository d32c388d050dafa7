// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server in a JVM of its own with little heap: it refuses a bomb, and ends when it is full. */
@Timeout(120)
class SmallHeapTest {
  private static final String ENDS_WHEN_FULL = "-XX:+ExitOnOutOfMemoryError";
  private static final int MESSAGE_BYTES_MAX = 1 << 20;

  /** From the last answer; the wait for the JVM to notice that it is full is part of it. */
  private static final Duration END_MAX = Duration.ofSeconds(15);

  private final Closer closer = new Closer();

  @AfterEach
  void close() {
    closer.close();
  }

  /** What the small JVM does: it serves, and keeps every message if it is told to. */
  static final class Serving {
    private Serving() {}

    public static void main(String[] arguments) throws IOException {
      Queue<Struct> kept = new ConcurrentLinkedQueue<>();
      boolean keeps = Boolean.parseBoolean(arguments[0]);
      var service =
          new BytesService(
              message -> {
                if (keeps) {
                  kept.add(message);
                }
              });
      var settings = ServerSettings.onLoopback(0).withMessageBytesMax(MESSAGE_BYTES_MAX);
      try (var server = GrpcServer.start(settings, List.of(service))) {
        System.out.println(server.address());
        // Until the test closes it.
        while (System.in.read() >= 0) {}
        System.out.println("kept " + kept.size());
      }
    }
  }

  @Test
  void aBombOfTwoHundredMegabytesIsRefusedByAHeapItWouldNotFit() throws Exception {
    Process process = start("-Xmx256m", false);
    ManagedChannel channel = channel(process);
    // Field 15, whose 200 MiB are zeros.
    var bomb =
        new SequenceInputStream(
            new ByteArrayInputStream(HexFormat.of().parseHex("7a80808064")),
            new HostilePeerTest.Zeros(200L << 20));

    assertThatThrownBy(
            () -> BytesService.call(channel, bomb, CallOptions.DEFAULT.withCompression("gzip")))
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(e -> assertThat(Reasons.reasonOf(e)).contains(Reason.REASON_REQUEST_TOO_LARGE));

    BytesService.call(channel, InputStream.nullInputStream(), CallOptions.DEFAULT);
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void aHeapThatRequestsHaveFilledEndsTheProcessInsteadOfLimpingOn() throws Exception {
    Process process = start("-Xmx64m", true);
    ManagedChannel channel = channel(process);
    // Field 15 again, kept as an unknown field of the message.
    byte[] large = new byte[1_000_000];
    System.arraycopy(HexFormat.of().parseHex("7abc843d"), 0, large, 0, 4);

    long answered = System.nanoTime();
    int answers = 0;
    boolean isServing = true;
    while (isServing) {
      try {
        BytesService.call(channel, new ByteArrayInputStream(large), CallOptions.DEFAULT);
        answered = System.nanoTime();
        answers++;
      } catch (StatusRuntimeException e) {
        isServing = false;
      }
    }

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Duration end = Duration.ofNanos(System.nanoTime() - answered);
    assertThat(process.exitValue()).isNotZero();
    assertThat(answers).isBetween(10, 64);
    assertThat(end).as("after %d messages", answers).isLessThan(END_MAX);
  }

  @Test
  void theLauncherEndsWhenFullToo() throws IOException {
    Path launcher = Path.of(System.getProperty("basedir", ".")).resolve("../icecube").normalize();

    assertThat(Files.readString(launcher)).contains("exec \"$java\" " + ENDS_WHEN_FULL);
  }

  private Process start(String heap, boolean keeps) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                ENDS_WHEN_FULL,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Serving.class.getName(),
                Boolean.toString(keeps))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    closer.add(() -> process.destroyForcibly().waitFor());
    return process;
  }

  private ManagedChannel channel(Process process) throws IOException {
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    ManagedChannel channel = GrpcChannels.open(lines.readLine());
    closer.add(channel::shutdownNow);
    return channel;
  }
}
