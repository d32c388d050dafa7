// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.sun.management.OperatingSystemMXBean;
import icecube.otel.Meters;
import icecube.physics.FeatureTable;
import icecube.proto.FeatureCodec;
import icecube.proto.ReasonException;
import icecube.v1.Model;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures events a CPU second of ragged features through the queue, decoding and answers included,
 * beside the same model asked in this process by as many threads, in batches of equal length. The
 * two take turns, and seconds are those of the processor, so that what else the machine does falls
 * on both and counts for neither.
 *
 * <p>Arguments: {@code model.onnx}, seconds a turn (3), pairs (5). Events have a lognormal number
 * of rows, median 60, cut to 8..256; 8 requests are in flight.
 */
final class QueueMeasurement {
  private static final int IN_FLIGHT = 8;
  private static final int EVENTS = 4_096;
  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final ServedModel served;
  private final OnnxModel model;
  private final double seconds;

  private QueueMeasurement(OnnxModel model, double seconds) {
    this.model = model;
    this.seconds = seconds;
    served = ServedModel.ready("model", "1", Model.Runtime.RUNTIME_ONNX, "", "", model);
  }

  public static void main(String[] args) throws Exception {
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 3;
    int pairs = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    try (var model = OnnxModel.load(Files.readAllBytes(Path.of(args[0])), 768, WORKERS)) {
      var measurement = new QueueMeasurement(model, seconds);
      for (int events : new int[] {1, 16, 64}) {
        measurement.compare(events, pairs);
      }
    }
  }

  private void compare(int eventsPerRequest, int pairs) throws InterruptedException {
    var tables = tables(eventsPerRequest);
    var pooled = tables(eventsPerRequest * IN_FLIGHT);
    double[] ratios = new double[pairs];
    for (int pair = -1; pair < pairs; pair++) {
      double queued = queued(tables);
      double bare = Math.max(direct(tables), direct(pooled));
      if (pair >= 0) { // The first warms up.
        ratios[pair] = queued / bare;
        System.out.printf(
            Locale.ROOT,
            "%2d events a request: queue %,7.0f events a CPU second, in process %,7.0f, ratio"
                + " %.3f%n",
            eventsPerRequest,
            queued,
            bare,
            queued / bare);
      }
    }
    Arrays.sort(ratios);
    System.out.printf(
        Locale.ROOT,
        "%2d events a request: median ratio %.3f (%.3f .. %.3f)%n",
        eventsPerRequest,
        ratios[pairs / 2],
        ratios[0],
        ratios[pairs - 1]);
  }

  private double queued(List<FeatureTable> tables) throws InterruptedException {
    var requests = new ArrayList<PredictRequest>();
    for (FeatureTable table : tables) {
      requests.add(PredictRequest.newBuilder().setFeatures(FeatureCodec.encode(table)).build());
    }
    var metrics = new ModelServerMetrics(Meters.none());
    var worker = new PredictionWorker(metrics, RequestTraces.OFF);
    var predictor = new RequestPredictor(Samples.GEOMETRY);
    var places = new Semaphore(IN_FLIGHT);
    var answered = new LongAdder();
    var answerer =
        new Answerer<PredictResponse>() {
          @Override
          public void answered(QueuedRequest request, PredictResponse response) {
            answered.add(response.getResultsCount());
            places.release();
          }

          @Override
          public void refused(QueuedRequest request, ReasonException why) {
            throw why;
          }
        };
    try (var queue =
        PredictionQueue.start(WORKERS, 1 << 16, 1 << 30, System::nanoTime, worker, metrics)) {
      long start = System.nanoTime();
      long startCpu = PROCESS.getProcessCpuTime();
      for (int next = 0; System.nanoTime() - start < seconds * 1e9; next++) {
        var request = requests.get(next % requests.size());
        places.acquire();
        requireRetained();
        queue.submit(
            new QueuedRequest(
                new PredictQuestion(request, predictor, answerer),
                served,
                request.getFeatures().getEventIdCount(),
                request.getSerializedSize(),
                System.nanoTime(),
                OptionalLong.empty(),
                Lane.REALTIME));
      }
      places.acquire(IN_FLIGHT);
      return answered.sum() / ((PROCESS.getProcessCpuTime() - startCpu) / 1e9);
    }
  }

  private void requireRetained() {
    if (!served.retain()) {
      throw new IllegalStateException("model: closed (expected: open)");
    }
  }

  private double direct(List<FeatureTable> tables) throws InterruptedException {
    var next = new AtomicInteger();
    var answered = new LongAdder();
    var threads = new ArrayList<Thread>();
    long start = System.nanoTime();
    long startCpu = PROCESS.getProcessCpuTime();
    for (int number = 0; number < WORKERS; number++) {
      var thread =
          new Thread(
              () -> {
                while (System.nanoTime() - start < seconds * 1e9 / 2) {
                  var table = tables.get(next.getAndIncrement() % tables.size());
                  MicroBatches.runAll(model, new DirectionTask(table, RowLadder.EVERY));
                  answered.add(table.eventCount());
                }
              },
              "measure-" + number);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return answered.sum() / ((PROCESS.getProcessCpuTime() - startCpu) / 1e9);
  }

  private static List<FeatureTable> tables(int eventsPerTable) {
    var random = new Random(1);
    var tables = new ArrayList<FeatureTable>();
    for (int made = 0; made < EVENTS; made += eventsPerTable) {
      int[] rowCounts = new int[eventsPerTable];
      for (int event = 0; event < eventsPerTable; event++) {
        double rows = 60 * Math.exp(0.6 * random.nextGaussian());
        rowCounts[event] = (int) Math.max(8, Math.min(256, rows));
      }
      float[] values = new float[Arrays.stream(rowCounts).sum() * FeatureTable.COLUMN_COUNT];
      for (int index = 0; index < values.length; index++) {
        values[index] = (float) random.nextGaussian();
      }
      tables.add(
          FeatureTable.owning(
              new long[eventsPerTable],
              rowCounts,
              rowCounts.clone(),
              new int[eventsPerTable],
              values));
    }
    return tables;
  }
}
