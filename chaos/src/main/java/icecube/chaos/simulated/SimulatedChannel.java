// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.v1.ModelServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/**
 * gRPC without gRPC: carries PredictStream to a simulated server through the scheduler. Confined to
 * one thread.
 */
final class SimulatedChannel extends ManagedChannel {
  private final SimulatedProcess client;
  private final SimulatedServer server;
  private boolean isShutdown;

  SimulatedChannel(SimulatedProcess client, SimulatedServer server) {
    this.client = client;
    this.server = server;
  }

  @Override
  @SuppressWarnings("unchecked") // the method says which types it takes
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    if (!method.getFullMethodName().equals(streamName())) {
      throw new IllegalArgumentException(
          "method: " + method.getFullMethodName() + " (expected: " + streamName() + ")");
    }
    return (ClientCall<Q, R>) new SimulatedCall(client, server);
  }

  private static String streamName() {
    return ModelServiceGrpc.getPredictStreamMethod().getFullMethodName();
  }

  @Override
  public String authority() {
    return server.name();
  }

  @Override
  public ManagedChannel shutdown() {
    isShutdown = true;
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    return shutdown();
  }

  @Override
  public boolean isShutdown() {
    return isShutdown;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isShutdown;
  }
}
