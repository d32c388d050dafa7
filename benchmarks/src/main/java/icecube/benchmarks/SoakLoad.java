// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.Caller;
import icecube.load.Connections;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import icecube.load.Window;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Everything at once that callers do to a server: single events and many, calls and streams of both
 * services, at random times; callers that go away or ask wrongly; a reload. In turns of a minute,
 * each on new connections. Confined to one thread.
 */
final class SoakLoad implements AutoCloseable {
  private static final Duration TURN = Duration.ofMinutes(1);

  /** One kind of request and its share of all events. */
  private record Part(Protocol protocol, int items, double share) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(Protocol.INFER, 1, 0.15),
          new Part(Protocol.PREDICT, 1, 0.15),
          new Part(Protocol.INFER_STREAM, 16, 0.2),
          new Part(Protocol.INFER, 64, 0.2),
          new Part(Protocol.PREDICT_STREAM, 64, 0.3));

  private final ServingPeer server;
  private final ReplaceableModel model;
  private final double eventsPerSecond;
  private final ExecutorService threads = Executors.newFixedThreadPool(PARTS.size() + 1);
  private final RudeCalls rude = new RudeCalls(new SplittableRandom(ServingLoad.SEED));
  private long requests;
  private long failed;
  private int reloads;

  SoakLoad(ServingPeer server, ReplaceableModel model, double eventsPerSecond) {
    this.server = server;
    this.model = model;
    this.eventsPerSecond = eventsPerSecond;
  }

  /** One minute of it; the model is replaced in the midst. */
  void turn() throws InterruptedException, ExecutionException, IOException {
    List<Future<LoadResult>> parts = new ArrayList<>();
    for (Part part : PARTS) {
      parts.add(threads.submit(() -> run(part)));
    }
    long end = System.nanoTime() + TURN.toNanos();
    Future<?> badly = threads.submit(() -> rude.callUntil(server.target(), end));
    Thread.sleep(TURN.toMillis() / 2);
    try (Connections connections = ServingLoad.connect(server)) {
      var unused = model.reload(connections);
      reloads++;
    }
    for (Future<LoadResult> part : parts) {
      LoadResult result = part.get();
      requests += result.requests();
      failed += result.requests() - result.ok() + result.itemsRefused();
      if (result.ok() < result.requests()) {
        System.out.println("  not every request was answered: " + result.statuses());
      }
    }
    var unused = badly.get();
  }

  private LoadResult run(Part part) throws InterruptedException {
    try (Connections connections = ServingLoad.connect(server);
        Caller caller = ServingLoad.caller(connections, part.protocol(), part.items())) {
      return ServingLoad.run(
          caller,
          new Pace.Rate(eventsPerSecond * part.share() / part.items(), true),
          Window.of(Duration.ZERO, TURN),
          LoadRun.Samples.NONE);
    }
  }

  /** What was asked so far and what became of it. */
  String account() {
    return "%,d requests, %d failed; %d reloads; %s".formatted(requests, failed, reloads, rude);
  }

  /** Whether every orderly request was answered and every other as it should be. */
  boolean isClean() {
    return failed == 0 && rude.isClean();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
