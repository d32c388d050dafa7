// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import static java.util.Objects.requireNonNull;

import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One PredictStream between a simulated consumer and a simulated server. What is sent arrives later
 * and in order of chance; what arrives after the end is nobody's. Confined to one thread.
 */
final class SimulatedCall extends ClientCall<PredictRequest, PredictResponse> {
  private final SimulatedProcess client;
  private final SimulatedServer server;
  private @Nullable Listener<PredictResponse> listener;
  private boolean isReady;
  private boolean isEnded;

  SimulatedCall(SimulatedProcess client, SimulatedServer server) {
    this.client = client;
    this.server = server;
  }

  @Override
  public void start(Listener<PredictResponse> newListener, Metadata headers) {
    listener = newListener;
    later(
        () -> {
          if (!server.isUp()) {
            end(Status.UNAVAILABLE.withDescription("simulated: no server"));
          } else if (!isEnded) {
            server.opened(this);
            isReady = true;
            requireNonNull(listener, "listener").onReady();
          }
        });
  }

  @Override
  public void sendMessage(PredictRequest request) {
    server
        .scheduler()
        .schedule(
            null,
            server.faults().latencyNanos(),
            () -> {
              if (!isEnded && server.isUp() && !client.isDead()) {
                server.asked(this, request);
              }
            });
  }

  /** Answers a request after a while, if the stream still stands then. */
  void answer(PredictResponse response, long nanos) {
    server
        .scheduler()
        .schedule(
            client,
            nanos,
            () -> {
              if (!isEnded) {
                requireNonNull(listener, "listener").onMessage(response);
              }
            });
  }

  /** Kills who asked, as an event does that no consumer survives. */
  void poison(long nanos) {
    server.scheduler().schedule(client, nanos, client::kill);
  }

  /** The server ends the stream without a word. */
  void breakOff() {
    later(() -> end(Status.UNAVAILABLE.withDescription("simulated: broken")));
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    if (!isEnded) {
      isEnded = true;
      isReady = false;
      server.ended(this);
      var closed = requireNonNull(listener, "listener");
      later(() -> closed.onClose(Status.CANCELLED.withDescription(message), new Metadata()));
    }
  }

  private void end(Status status) {
    if (!isEnded) {
      isEnded = true;
      isReady = false;
      server.ended(this);
      requireNonNull(listener, "listener").onClose(status, new Metadata());
    }
  }

  private void later(Runnable action) {
    server.scheduler().schedule(client, server.faults().latencyNanos(), action);
  }

  @Override
  public boolean isReady() {
    return isReady;
  }

  @Override
  public void request(int messageCount) {}

  @Override
  public void halfClose() {}
}
