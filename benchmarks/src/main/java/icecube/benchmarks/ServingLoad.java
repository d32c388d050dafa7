// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Caller;
import icecube.load.Callers;
import icecube.load.Connections;
import icecube.load.LoadClock;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import icecube.load.RequestShape;
import icecube.load.RowCounts;
import icecube.load.ServerCounters;
import icecube.load.Window;
import io.grpc.InsecureChannelCredentials;
import java.time.Duration;

/** The load of the serving benchmark: everything about it that does not change between runs. */
final class ServingLoad {
  static final long SEED = 1;

  /** Requests in flight where the capacity is measured. */
  static final int IN_FLIGHT = 8;

  static final RowCounts ROWS = new RowCounts.LogNormal(60, 0.8, 8, 256);
  static final Duration TIMEOUT = Duration.ofSeconds(20);
  static final Duration WARM_UP = Duration.ofSeconds(1);

  private ServingLoad() {}

  static Connections connect(ServingPeer peer) {
    return connect(peer, 1);
  }

  static Connections connect(ServingPeer peer, int connections) {
    return Connections.open(peer.target(), connections, InsecureChannelCredentials.create());
  }

  static Caller caller(Connections connections, Protocol protocol, int items) {
    return caller(connections, protocol, items, TIMEOUT);
  }

  static Caller caller(Connections connections, Protocol protocol, int items, Duration timeout) {
    return Callers.open(
        connections.channels(),
        protocol,
        "transformer",
        "",
        RequestShape.of(items, ROWS, SEED),
        timeout);
  }

  /** So many seconds, after the warm-up. */
  static Window window(double seconds) {
    return Window.of(WARM_UP, Duration.ofNanos((long) (seconds * 1e9)));
  }

  static LoadResult run(Caller caller, Pace pace, Window window, LoadRun.Samples samples)
      throws InterruptedException {
    var settings = new LoadRun.Settings(pace, window, TIMEOUT, SEED);
    return LoadRun.run(caller, settings, LoadClock.SYSTEM, ServerCounters.NONE, samples);
  }
}
