// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import icecube.otel.Meters;
import icecube.v1.BeatRequest;
import icecube.v1.BeatResponse;
import icecube.v1.HeartbeatServiceGrpc;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A component's pulse: one beat a second (± 10 %) to one registry, for as long as it lives.
 *
 * <p>It never fails its component: a registry that is away, full or silent is dialled again for
 * ever, up to 0.25 s apart at first and up to 4 s later, and a state that cannot be told is a beat
 * not sent. Only a newer incarnation of the same instance ends it ({@link #isSuperseded}). Closing
 * says LEFT.
 *
 * <p>For several registries start one sender each. Everything runs on one daemon thread {@code
 * beats-<instance id>}; the public methods are thread-safe.
 */
public final class BeatSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BeatSender.class);

  private final Instance instance;
  private final Supplier<Beat> state;
  private final BeatMetrics metrics;
  private final BeatTiming timing;
  private final RandomGenerator random = new SplittableRandom();
  // Confined to the thread.
  private final Backoff retries;
  private final ManagedChannel channel;
  private final ScheduledThreadPoolExecutor thread;
  private final CountDownLatch goodbye = new CountDownLatch(1);
  private volatile boolean superseded;

  // Confined to the thread from here on.
  private @Nullable BeatCall call;
  private @Nullable ScheduledFuture<?> next;
  private long sequence;
  private long answeredAtNanos;
  private int failureCount;
  private boolean leaving;

  private BeatSender(
      ManagedChannel channel,
      Instance instance,
      Supplier<Beat> state,
      Meters metrics,
      BeatTiming timing) {
    this.instance = instance;
    this.state = state;
    this.metrics = new BeatMetrics(metrics, instance);
    this.timing = timing;
    this.retries = timing.retries(random);
    this.channel = channel;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread beats = new Thread(work, "beats-" + instance.getInstanceId());
              beats.setDaemon(true);
              return beats;
            });
    this.thread.setRemoveOnCancelPolicy(true);
  }

  /**
   * Beats at once and then every second, whether or not the registry is there; {@code state} is
   * asked before each beat, must be quick and thread-safe.
   */
  public static BeatSender start(
      String registryTarget,
      Instance instance,
      Supplier<Beat> state,
      Meters metrics,
      TransportSecurity security) {
    ManagedChannel channel = GrpcChannels.open(registryTarget, security);
    return start(channel, instance, state, metrics, BeatTiming.DEFAULT);
  }

  /** Owns {@code channel} from now on. */
  static BeatSender start(
      ManagedChannel channel,
      Instance instance,
      Supplier<Beat> state,
      Meters metrics,
      BeatTiming timing) {
    requireNonNull(instance, "instance");
    requireNonNull(state, "state");
    BeatSender sender = new BeatSender(channel, instance, state, metrics, timing);
    sender.beatNow();
    return sender;
  }

  /** Who beats. */
  public Instance instance() {
    return instance;
  }

  /** Whether a newer incarnation of this instance beats: this one has stopped and should end. */
  public boolean isSuperseded() {
    return superseded;
  }

  /** Beats now instead of within the second: after a change of state that others wait for. */
  public void beatNow() {
    execute(this::beat);
  }

  /** Says LEFT, waits at most a second for the answer, and stops. Later calls do nothing. */
  @Override
  public void close() {
    execute(this::leave);
    try {
      if (!thread.isShutdown() && !goodbye.await(timing.goodbyeTimeout().toNanos(), NANOSECONDS)) {
        LOG.atInfo()
            .addKeyValue("instance_id", instance.getInstanceId())
            .log("registry did not answer the goodbye; the lease will run out there");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channel.shutdownNow();
      thread.shutdownNow();
    }
  }

  private void beat() {
    if (superseded || leaving) {
      return;
    }
    metrics.due.increment();
    BeatCall current = call;
    if (current != null && System.nanoTime() - answeredAtNanos > answerTimeoutNanos()) {
      metrics.notSent.increment();
      current.cancel("no answer for " + timing.answerTimeout());
      ended(current, null);
      return;
    }
    Beat beat = ask();
    if (beat == null) {
      metrics.noState.increment();
    } else {
      BeatCall open = current == null ? open() : current;
      if (!open.send(request(beat.state(), beat.eventsInFlight()))) {
        metrics.notSent.increment();
      }
    }
    schedule(timing.nextPeriodNanos(random));
  }

  // The component's own code may throw anything; a beat is not worth its life.
  private @Nullable Beat ask() {
    try {
      return requireNonNull(state.get(), "state");
    } catch (RuntimeException e) {
      LOG.warn("component cannot say how it is; beat not sent", e);
      return null;
    }
  }

  private BeatRequest request(InstanceState said, int eventsInFlight) {
    return BeatRequest.newBuilder()
        .setInstance(instance)
        .setSequence(++sequence)
        .setState(said)
        .setInFlight(eventsInFlight)
        .build();
  }

  private BeatCall open() {
    metrics.connects.increment();
    answeredAtNanos = System.nanoTime();
    BeatCall opened = new BeatCall(this::execute, new Answers());
    call = opened;
    // Else a restarted registry is found only after gRPC's own wait, up to two minutes.
    channel.resetConnectBackoff();
    HeartbeatServiceGrpc.newStub(channel).withWaitForReady().beat(opened);
    return opened;
  }

  private void leave() {
    if (leaving) {
      return;
    }
    leaving = true;
    cancelNext();
    BeatCall current = call;
    if (current == null || superseded) {
      goodbye.countDown();
      return;
    }
    metrics.due.increment();
    if (channel.getState(false) == ConnectivityState.READY) {
      current.sendLast(request(InstanceState.INSTANCE_STATE_LEFT, 0));
    } else {
      // Nobody would hear it within the time we wait.
      metrics.notSent.increment();
      goodbye.countDown();
    }
  }

  private void ended(BeatCall ended, @Nullable Throwable failure) {
    if (call != ended) {
      return;
    }
    call = null;
    metrics.connected(false);
    metrics.lost.increment((double) ended.unanswered());
    if (leaving) {
      goodbye.countDown();
    }
    if (leaving || superseded) {
      return;
    }
    failureCount++;
    LOG.atLevel(failureCount == 1 ? Level.WARN : Level.DEBUG)
        .addKeyValue("instance_id", instance.getInstanceId())
        .addKeyValue("failures", failureCount)
        .addKeyValue("cause", failure == null ? "silent or ended" : failure.getMessage())
        .log("registry lost; dialling again");
    schedule(retries.next().toNanos());
  }

  private void schedule(long delayNanos) {
    cancelNext();
    next = thread.schedule(this::beat, delayNanos, NANOSECONDS);
  }

  private void cancelNext() {
    ScheduledFuture<?> planned = next;
    if (planned != null) {
      planned.cancel(false);
      next = null;
    }
  }

  private long answerTimeoutNanos() {
    return timing.answerTimeout().toNanos();
  }

  private void execute(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      // Closed in the meantime: there is nobody left to tell.
      LOG.trace("closed", e);
    }
  }

  private final class Answers implements BeatCall.Listener {
    @Override
    public void answered(BeatCall answering, BeatResponse answer) {
      if (call != answering) {
        return;
      }
      answeredAtNanos = System.nanoTime();
      failureCount = 0;
      retries.reset();
      metrics.connected(true);
      switch (answer.getOutcome()) {
        case BEAT_OUTCOME_ACCEPTED -> metrics.accepted.increment();
        case BEAT_OUTCOME_SUPERSEDED -> {
          metrics.superseded.increment();
          stopSuperseded();
        }
        case BEAT_OUTCOME_STALE, BEAT_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
            metrics.stale.increment();
      }
    }

    @Override
    public void ended(BeatCall ending, @Nullable Throwable failure) {
      BeatSender.this.ended(ending, failure);
    }

    private void stopSuperseded() {
      superseded = true;
      cancelNext();
      LOG.atWarn()
          .addKeyValue("instance_id", instance.getInstanceId())
          .addKeyValue("incarnation", instance.getIncarnation())
          .log("a newer incarnation of this instance beats; this one stops beating");
    }
  }
}
