// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import icecube.otel.Meters;
import icecube.v1.BeatOutcome;
import icecube.v1.BeatRequest;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BeatSenderTest {
  private static final BeatTiming QUICK = answeredWithin(Duration.ofMillis(400));
  private static final BeatTiming PATIENT = answeredWithin(Duration.ofSeconds(30));

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final FakeRegistry registry = new FakeRegistry();
  private final AtomicReference<Beat> state = new AtomicReference<>(Beat.serving(5));
  private final Instance instance = InstanceIds.create("consumer", "", "");
  private final Closer closer = new Closer();

  @AfterEach
  void close() {
    closer.close();
  }

  @Test
  void beatsWithGrowingSequenceAndTheStateOfTheMoment() {
    sender(serve().address(), state::get);

    Threads.await(() -> registry.beats.size() >= 3, "three beats");
    state.set(Beat.draining(1));
    Threads.await(() -> isLast(InstanceState.INSTANCE_STATE_DRAINING), "draining is told");

    BeatRequest first = registry.beats.get(0);
    assertThat(first.getInstance()).isEqualTo(instance);
    assertThat(first.getState()).isEqualTo(InstanceState.INSTANCE_STATE_SERVING);
    assertThat(first.getInFlight()).isEqualTo(5);
    List<Long> sequences = registry.beats.stream().map(BeatRequest::getSequence).toList();
    assertThat(sequences).isSorted().doesNotHaveDuplicates().startsWith(1L);
    assertThat(registry.calls).hasValue(1);
  }

  @Test
  void saysGoodbyeAndLeavesNoThread() {
    GrpcServer server = serve();
    BeatSender sender = sender(server.address(), state::get);
    Threads.await(() -> !registry.beats.isEmpty(), "a beat");

    sender.close();
    sender.close();

    assertThat(registry.last().getState()).isEqualTo(InstanceState.INSTANCE_STATE_LEFT);
    Threads.awaitNone("beats-" + instance.getInstanceId());
  }

  @Test
  void waitsForItsGoodbyeToBeHeardAlsoAfterAnEarlierCallHasEnded() {
    registry.refusing = true;
    BeatSender sender = sender(serve().address(), state::get);
    Threads.await(() -> registry.calls.get() >= 2, "a call that ended");
    registry.refusing = false;
    Threads.await(() -> count("icecube.chassis.beats.accepted") >= 1, "an accepted beat");

    sender.close();

    assertThat(registry.last().getState()).isEqualTo(InstanceState.INSTANCE_STATE_LEFT);
  }

  @Test
  void beatsOnDemand() {
    BeatTiming slow =
        new BeatTiming(
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMillis(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(5));
    BeatSender sender =
        closer.add(
            BeatSender.start(
                GrpcChannels.open(serve().address()),
                instance,
                state::get,
                Meters.of(metrics),
                slow));
    Threads.await(() -> registry.beats.size() == 1, "the first beat");

    sender.beatNow();

    Threads.await(() -> registry.beats.size() == 2, "the second beat");
  }

  @Test
  void stopsWhenANewerIncarnationBeats() {
    registry.outcome = BeatOutcome.BEAT_OUTCOME_SUPERSEDED;
    BeatSender sender = sender(serve().address(), state::get);

    Threads.await(sender::isSuperseded, "superseded");

    double due = count("icecube.chassis.beats.due");
    sender.beatNow();
    sender.close();
    assertThat(count("icecube.chassis.beats.due")).isEqualTo(due);
    assertThat(count("icecube.chassis.beats.dropped", "superseded")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void dialsARefusingRegistryAgainAndAgain() {
    registry.refusing = true;
    sender(serve().address(), state::get);
    Threads.await(() -> registry.calls.get() >= 4, "four calls");

    registry.refusing = false;

    Threads.await(() -> count("icecube.chassis.beats.accepted") >= 2, "two accepted beats");
    assertThat(count("icecube.chassis.beats.dropped", "lost")).isGreaterThanOrEqualTo(3);
    assertThat(metrics.get("icecube.chassis.registry.connected").gauge().value()).isEqualTo(1);
  }

  @Test
  void leavesARegistryThatDoesNotAnswer() {
    registry.silent = true;
    sender(serve().address(), state::get, QUICK);
    Threads.await(() -> registry.calls.get() >= 2, "a second call");

    registry.silent = false;

    Threads.await(() -> count("icecube.chassis.beats.accepted") >= 1, "an accepted beat");
  }

  @Test
  void findsARegistryThatComesLate() throws IOException {
    int port = freePort();
    sender("127.0.0.1:" + port, state::get, QUICK);
    Threads.await(() -> count("icecube.chassis.registry.connects") >= 2, "two tries");

    serve(port);

    Threads.await(() -> count("icecube.chassis.beats.accepted") >= 2, "two accepted beats");
  }

  @Test
  void returnsToARegistryRestartedOnItsPort() {
    GrpcServer first = serve();
    int port = first.port();
    sender(first.address(), state::get);
    Threads.await(() -> count("icecube.chassis.beats.accepted") >= 2, "two accepted beats");
    first.close();
    double before = count("icecube.chassis.beats.accepted");

    serve(port);

    Threads.await(() -> count("icecube.chassis.beats.accepted") >= before + 2, "more beats");
    assertThat(registry.beats).extracting(BeatRequest::getSequence).isSorted();
  }

  @Test
  void outlivesAComponentThatCannotSayHowItIs() {
    sender(
        serve().address(),
        () -> {
          Beat now = requireNonNull(state.get());
          if (now.eventsInFlight() == 13) {
            throw new IllegalStateException("broken");
          }
          return now;
        });
    state.set(Beat.serving(13));
    Threads.await(() -> count("icecube.chassis.beats.dropped", "no_state") >= 2, "two without");

    state.set(Beat.serving(14));

    Threads.await(
        () -> registry.beats.stream().anyMatch(b -> b.getInFlight() == 14), "beats go on");
  }

  @Test
  void accountsForEveryBeat() {
    BeatSender sender = sender(serve().address(), state::get);
    Threads.await(() -> count("icecube.chassis.beats.accepted") >= 5, "five accepted beats");

    sender.close();

    double unanswered = count("icecube.chassis.beats.due") - accounted();
    // The goodbye's answer may arrive after the thread has stopped.
    assertThat(unanswered).isBetween(0.0, 1.0);
  }

  @Test
  void closesAtOnceWithoutARegistry() throws IOException {
    BeatSender sender = sender("127.0.0.1:" + freePort(), state::get);
    Threads.await(() -> count("icecube.chassis.registry.connects") >= 1, "a try");

    sender.close();

    Threads.awaitNone("beats-" + instance.getInstanceId());
  }

  private GrpcServer serve() {
    return serve(0);
  }

  @CanIgnoreReturnValue
  private GrpcServer serve(int port) {
    return closer.add(
        GrpcServer.start(
            ServerSettings.onLoopback(port).withDrain(Duration.ZERO, Duration.ZERO),
            List.of(registry)));
  }

  private static BeatTiming answeredWithin(Duration answerTimeout) {
    return new BeatTiming(
        Duration.ofMillis(20),
        answerTimeout,
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(5));
  }

  private BeatSender sender(String target, Supplier<Beat> of) {
    return sender(target, of, PATIENT);
  }

  private BeatSender sender(String target, Supplier<Beat> of, BeatTiming timing) {
    return closer.add(
        BeatSender.start(GrpcChannels.open(target), instance, of, Meters.of(metrics), timing));
  }

  private boolean isLast(InstanceState said) {
    return registry.last().getState() == said;
  }

  private double accounted() {
    double dropped =
        metrics.getMeters().stream()
            .filter(m -> m.getId().getName().equals("icecube.chassis.beats.dropped"))
            .map(Meter::getId)
            .mapToDouble(id -> metrics.get(id.getName()).tags(id.getTags()).counter().count())
            .sum();
    return dropped + count("icecube.chassis.beats.accepted");
  }

  private double count(String name) {
    return metrics.get(name).counter().count();
  }

  private double count(String name, String reason) {
    return metrics.get(name).tag("reason", reason).counter().count();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
