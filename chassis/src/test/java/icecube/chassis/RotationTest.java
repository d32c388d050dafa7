// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Meters;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and their authority are replaced while callers call. */
class RotationTest {
  private static final Duration QUICK = Duration.ofMillis(20);
  private static final Duration AGE = Duration.ofMillis(200);
  private static final int CALLERS = 4;
  private static final int CALLS_MIN = 2_000;

  @TempDir private Path folder;
  private final AtomicLong callCount = new AtomicLong();
  private final AtomicReferenceArray<String> seen = new AtomicReferenceArray<>(CALLERS);
  private final Queue<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();

  /** One side: its files, and what keeps them in use. */
  private record Side(SecurityFiles files, TransportSecurity security) {
    void await(int changes) {
      Threads.await(
          () -> security.metrics().reloadsAccepted.count() >= changes, changes + " changes");
    }
  }

  @Test
  void failsNoCallWhileLeavesAndAuthoritiesAreReplaced() throws Exception {
    var openssl = new Openssl(folder);
    Openssl.Pair first = openssl.authority("first");
    Openssl.Pair second = openssl.authority("second");
    try (var closer = new Closer()) {
      Side server = side(closer, openssl, "server", first, Role.MODEL_SERVER);
      Side client = side(closer, openssl, "client", first, Role.OPERATOR);
      GrpcServer running =
          closer.add(
              GrpcServer.start(
                  ServerSettings.onLoopback(0)
                      .withConnectionAge(AGE, Duration.ofSeconds(5))
                      .withSecurity(server.security()),
                  List.of(new WhoService())));
      List<Thread> callers = startCallers(closer, running, client.security());
      awaitSeen("CN=first");

      openssl.leaf("server-2", first, Role.MODEL_SERVER).replace(server.files());
      openssl.leaf("client-2", first, Role.OPERATOR).replace(client.files());
      server.await(1);
      client.await(1);
      replaceAuthorities(openssl.bundle("both.pem", first, second), server, client);
      server.await(2);
      client.await(2);
      openssl.leaf("server-3", second, Role.MODEL_SERVER).replace(server.files());
      openssl.leaf("client-3", second, Role.OPERATOR).replace(client.files());
      server.await(3);
      client.await(3);
      long rotated = System.nanoTime();
      awaitSeen("CN=second");
      long untilSeenMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - rotated);
      replaceAuthorities(openssl.bundle("second-only.pem", second), server, client);
      server.await(4);
      client.await(4);
      long enough = Math.max(CALLS_MIN, callCount.get() + 200);
      Threads.await(() -> callCount.get() >= enough, enough + " calls");
      stop(callers);

      assertThat(failures).isEmpty();
      assertThat(callCount.get()).isGreaterThanOrEqualTo(CALLS_MIN);
      assertThat(untilSeenMillis)
          .as("new identity is seen when a connection is old, and not ten minutes later")
          .isLessThanOrEqualTo(AGE.toMillis() + 15_000);
    }
  }

  private static void replaceAuthorities(Path bundle, Side... sides) throws IOException {
    for (Side side : sides) {
      Openssl.swap(bundle, side.files().authorities().orElseThrow());
    }
  }

  private Side side(Closer closer, Openssl openssl, String name, Openssl.Pair authority, Role role)
      throws IOException {
    Openssl.Pair used = openssl.copy(name, openssl.leaf(name, authority, role));
    Path authorities =
        Files.copy(authority.certificate(), folder.resolve(name + "-authorities.pem"));
    SecurityFiles files = SecurityFiles.mutual(used.certificate(), used.key(), authorities);
    return new Side(
        files,
        closer.add(TransportSecurity.open(files, Meters.of(new SimpleMeterRegistry()), QUICK)));
  }

  private List<Thread> startCallers(Closer closer, GrpcServer server, TransportSecurity security) {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      ManagedChannel channel = GrpcChannels.open(server.address(), security);
      closer.add(channel::shutdownNow);
      int number = i;
      Thread caller = new Thread(() -> call(channel, number), "caller-" + number);
      callers.add(caller);
      caller.start();
    }
    return callers;
  }

  private void call(ManagedChannel channel, int number) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        seen.set(number, WhoService.ask(channel));
        callCount.incrementAndGet();
      } catch (StatusRuntimeException e) {
        if (!Thread.currentThread().isInterrupted()) {
          failures.add(e);
        }
      }
    }
  }

  private void awaitSeen(String issuer) {
    Threads.await(
        () -> {
          for (int i = 0; i < CALLERS; i++) {
            if (!issuer.equals(seen.get(i))) {
              return false;
            }
          }
          return true;
        },
        "all callers are seen with " + issuer);
  }

  private static void stop(List<Thread> callers) throws InterruptedException {
    callers.forEach(Thread::interrupt);
    for (Thread caller : callers) {
      caller.join(TimeUnit.SECONDS.toMillis(20));
      assertThat(caller.isAlive()).isFalse();
    }
  }
}
