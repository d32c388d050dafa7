// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import icecube.load.ServerCounters.Counts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Runs against a simulated server in simulated time: every figure is known beforehand. */
final class LoadRunTest {
  private static final long MS = 1_000_000;
  private static final Window TEN_SECONDS =
      Window.of(Duration.ofSeconds(1), Duration.ofSeconds(10));

  private final SimulatedTime time = new SimulatedTime();

  private LoadResult run(Caller server, Pace pace, Window window) throws InterruptedException {
    return run(server, pace, window, ServerCounters.NONE);
  }

  private LoadResult run(Caller server, Pace pace, Window window, ServerCounters counters)
      throws InterruptedException {
    var settings = new LoadRun.Settings(pace, window, Duration.ofSeconds(5), 1);
    return LoadRun.run(server, settings, time, counters, LoadRun.Samples.NONE);
  }

  @Test
  void aClosedLoopMeasuresWhatTheServerCanDo() throws Exception {
    LoadResult result = run(new SimulatedServer(time, 2 * MS), new Pace.Closed(8), TEN_SECONDS);

    assertThat(result.requestsPerSecond()).isCloseTo(500, within(1.0));
    assertThat(result.itemsPerSecond()).isCloseTo(2_000, within(4.0));
    assertThat(result.latency().p50Millis()).isCloseTo(16, within(0.1));
    assertThat(result.statuses()).containsOnlyKeys("OK");
    assertThat(result.seconds()).isEqualTo(10);
  }

  @Test
  void anOpenLoopChargesAStallToEveryRequestThatWasMeantToBeSentInIt() throws Exception {
    long stall = time.nanoTime() + 5_000 * MS;
    var server = new SimulatedServer(time, MS).stalling(stall, stall + 1_000 * MS);

    LoadResult result = run(server, new Pace.Rate(100, false), TEN_SECONDS);

    // 100 of 1,000 requests met the second that stood still, evenly spread over it.
    assertThat(result.requests()).isEqualTo(1_000);
    assertThat(result.latency().p50Millis()).isCloseTo(1, within(0.01));
    assertThat(result.latency().p99Millis()).isBetween(900.0, 925.0);
    assertThat(result.latency().maxMillis()).isBetween(1_000.0, 1_002.0);
  }

  @Test
  void aLoadThatFallsBehindChargesItsOwnDelayToo() throws Exception {
    // Two requests at once, and then the clock jumps as if the machine had slept.
    var server = new SimulatedServer(time, MS);
    time.plan(time.nanoTime() + 10 * MS, () -> time.awaitUntil(time.nanoTime() + 50 * MS));
    var window = Window.of(Duration.ZERO, Duration.ofSeconds(1));

    LoadResult result = run(server, new Pace.Replay(0, 20 * MS), window);

    assertThat(result.sendDelay().maxMillis()).isCloseTo(40, within(0.1));
    assertThat(result.latency().maxMillis()).isCloseTo(41, within(0.1));
    assertThat(result.serviceTime().maxMillis()).isCloseTo(1, within(0.1));
  }

  @Test
  void theWarmUpIsNotCounted() throws Exception {
    long start = time.nanoTime();
    var server = new SimulatedServer(time, MS).stalling(start, start + 900 * MS);

    LoadResult result = run(server, new Pace.Rate(10, false), TEN_SECONDS);

    assertThat(result.requests()).isEqualTo(100);
    assertThat(result.latency().maxMillis()).isCloseTo(1, within(0.01));
    assertThat(server.calls()).isEqualTo(110);
  }

  @Test
  void aWindowOfRequestsEndsWithTheLastOfThem() throws Exception {
    var window = new Window(Duration.ofMillis(100), Duration.ofHours(1), 50);

    LoadResult result = run(new SimulatedServer(time, 10 * MS), new Pace.Closed(2), window);

    assertThat(result.requests()).isEqualTo(50);
    assertThat(result.ok()).isEqualTo(50);
    assertThat(result.requestsPerSecond()).isCloseTo(100, within(5.0));
  }

  @Test
  void anOpenLoopOfSoManyRequestsEndsThere() throws Exception {
    var window = new Window(Duration.ZERO, Duration.ofHours(1), 50);

    LoadResult result = run(new SimulatedServer(time, MS), new Pace.Rate(100, true), window);

    assertThat(result.requests()).isEqualTo(50);
    assertThat(result.seconds()).isBetween(0.2, 1.0);
  }

  @Test
  void failuresAreCountedByStatusAndNotAmongTheLatencies() throws Exception {
    var busy = new Outcome("RESOURCE_EXHAUSTED", true, 0);
    var server =
        new SimulatedServer(time, MS)
            .answering(
                call -> call % 4 == 0 ? busy : call % 4 == 1 ? Outcome.answered(3) : Outcome.OK);

    LoadResult result =
        run(server, new Pace.Rate(100, false), Window.of(Duration.ZERO, Duration.ofSeconds(4)));

    assertThat(result.statuses())
        .containsEntry("OK", 300L)
        .containsEntry("RESOURCE_EXHAUSTED", 100L)
        .hasSize(2);
    assertThat(result.withPushback()).isEqualTo(100);
    assertThat(result.latency().count()).isEqualTo(300);
    assertThat(result.itemsRefused()).isEqualTo(300);
    assertThat(result.itemsPerSecond()).isCloseTo((100 * 1 + 200 * 4) / 4.0, within(1.0));
  }

  @Test
  void anAnswerThatNeverComesIsCountedAndEndsTheRunAfterTheTimeout() throws Exception {
    long start = time.nanoTime();
    var server = new SimulatedServer(time, MS).answering(call -> call == 7 ? null : Outcome.OK);

    LoadResult result =
        run(server, new Pace.Rate(10, false), Window.of(Duration.ZERO, Duration.ofSeconds(1)));

    assertThat(result.statuses()).containsEntry("OK", 9L).containsEntry("NOT_ANSWERED", 1L);
    assertThat(time.nanoTime() - start).isBetween(5_900 * MS, 6_100 * MS);
  }

  @Test
  void aServerThatRefusesAtOnceIsNotAskedMoreThanOnceATickAndSlot() throws Exception {
    var refusing = new RefusingCaller();

    LoadResult result =
        run(refusing, new Pace.Closed(4), Window.of(Duration.ZERO, Duration.ofSeconds(1)));

    assertThat(result.ok()).isZero();
    assertThat(result.requests()).isBetween(3_900L, 4_100L);
  }

  @Test
  void anOpenLoopSendsNoMoreThanTheLimitAndSaysSo() throws Exception {
    var server = new SimulatedServer(time, MS).answering(call -> null);

    LoadResult result =
        run(server, new Pace.Rate(70_000, false), Window.of(Duration.ZERO, Duration.ofSeconds(1)));

    assertThat(result.statuses())
        .containsEntry("NOT_ANSWERED", (long) Pace.IN_FLIGHT_LIMIT)
        .containsKey("NOT_SENT");
    assertThat(result.statuses().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(result.requests());
  }

  @Test
  void theServersOwnAccountIsTheDifferenceOverTheWindow() throws Exception {
    var readings =
        new ArrayDeque<>(
            List.of(new Counts(10, 40, 10, 0, 0), new Counts(30, 120, 20, 40 * MS, 10 * MS)));
    ServerCounters counters =
        () -> CompletableFuture.completedFuture(Optional.of(readings.remove()));

    LoadResult result =
        run(new SimulatedServer(time, MS), new Pace.Closed(1), TEN_SECONDS, counters);

    assertThat(result.server()).contains(new ServerSplit(20, 2, 0.5, 8));
  }

  @Test
  void everySampleIsToldWithItsRequest() throws Exception {
    var requests = new ArrayList<Integer>();
    var settings =
        new LoadRun.Settings(
            new Pace.Rate(10, false),
            Window.of(Duration.ZERO, Duration.ofMillis(550)),
            Duration.ofSeconds(1),
            1);
    LoadRun.run(
        new SimulatedServer(time, MS),
        settings,
        time,
        ServerCounters.NONE,
        (request, nanos) -> requests.add(request));

    assertThat(requests).containsExactly(0, 1, 2, 0, 1, 2);
  }

  @Test
  void aTimeoutThatIsNoneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LoadRun.Settings(new Pace.Closed(1), TEN_SECONDS, Duration.ZERO, 1))
        .withMessageContaining("timeout");
  }

  /** Fails every call before it returns. */
  private static final class RefusingCaller implements Caller {
    @Override
    public int requestCount() {
      return 1;
    }

    @Override
    public int itemCount(int request) {
      return 1;
    }

    @Override
    public int rowCount(int request) {
      return 1;
    }

    @Override
    public void call(int request, java.util.function.Consumer<Outcome> answered) {
      answered.accept(Outcome.failed("UNAVAILABLE"));
    }

    @Override
    public void close() {}
  }
}
