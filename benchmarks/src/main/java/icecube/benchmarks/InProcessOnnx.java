// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * ONNX Runtime in this process, without a server: the limit of what one can be. As many threads as
 * processors, each with runs of one intra-op thread, buffers and outputs used again.
 */
final class InProcessOnnx implements AutoCloseable {
  private static final int ROWS_MAX = 256;
  private static final int DIRECTION = 3;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final int threads = Runtime.getRuntime().availableProcessors();

  InProcessOnnx(Path model) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.toString(), options);
    }
  }

  /**
   * How events are put together for one run.
   *
   * @param requests requests whose events are sorted by length together
   * @param events most events of one run
   * @param pads whether events of different lengths share a run, padded to the longest
   */
  record Batching(int requests, int events, boolean pads) {
    @Override
    public String toString() {
      return events == 1
          ? "one event a run"
          : "%d requests sorted, up to %d %s a run"
              .formatted(requests, events, pads ? "padded" : "of one length");
    }
  }

  /** The ways tried: which is best depends on the machine and the size of requests. */
  static List<Batching> batchings(int inFlight) {
    List<Batching> all = new ArrayList<>();
    all.add(new Batching(1, 1, false));
    for (int requests : new int[] {1, inFlight}) {
      for (int events : new int[] {2, 4, 8, 16}) {
        all.add(new Batching(requests, events, false));
        all.add(new Batching(requests, events, true));
      }
    }
    return all;
  }

  /** Events a second over about so many seconds. */
  double eventsPerSecond(List<PaddedEvents> requests, Batching batching, double seconds)
      throws Exception {
    List<List<Run>> units = units(requests, batching);
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Long>> counts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        counts.add(pool.submit(work(units, next, end)));
      }
      long events = 0;
      for (Future<Long> count : counts) {
        events += count.get();
      }
      return events / ((System.nanoTime() - start) / 1e9);
    } finally {
      pool.shutdown();
    }
  }

  private Callable<Long> work(List<List<Run>> units, AtomicInteger next, long end) {
    return () -> {
      long events = 0;
      try (Scratch scratch = new Scratch()) {
        while (System.nanoTime() < end) {
          for (Run run : units.get(next.getAndIncrement() % units.size())) {
            scratch.run(run);
            events += run.events().size();
          }
        }
      }
      return events;
    };
  }

  /** Median time of a run of one event, alone, by its length; ns. */
  long[] aloneNanosByRows(int repeats) throws OrtException {
    long[] medians = new long[ROWS_MAX + 1];
    float[] values = new float[ROWS_MAX * PaddedEvents.COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 37 % 100 / 50f - 1;
    }
    try (Scratch scratch = new Scratch()) {
      for (int rows = 8; rows <= ROWS_MAX; rows++) {
        Run run = new Run(List.of(new Single(rows, values)), rows);
        long[] times = new long[repeats];
        for (int repeat = -2; repeat < repeats; repeat++) {
          long begin = System.nanoTime();
          scratch.run(run);
          times[Math.max(0, repeat)] = System.nanoTime() - begin;
        }
        Arrays.sort(times);
        medians[rows] = times[repeats / 2];
      }
    }
    return medians;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Single(int rows, float[] values) {}

  record Run(List<Single> events, int longest) {
    /** Of the only event of a request. */
    static Run alone(PaddedEvents event) {
      return new Run(List.of(new Single(event.rows()[0], event.values()[0])), event.longest());
    }
  }

  /** Threads that may run at once. */
  int threads() {
    return threads;
  }

  /** New buffers for one thread; to be closed before this. */
  Scratch scratch() {
    return new Scratch();
  }

  private static List<List<Run>> units(List<PaddedEvents> requests, Batching batching) {
    List<List<Run>> units = new ArrayList<>();
    for (int from = 0; from < requests.size(); from += batching.requests()) {
      List<Single> events = new ArrayList<>();
      for (PaddedEvents each :
          requests.subList(from, Math.min(requests.size(), from + batching.requests()))) {
        for (int item = 0; item < each.rows().length; item++) {
          events.add(new Single(each.rows()[item], each.values()[item]));
        }
      }
      events.sort(Comparator.comparingInt(Single::rows));
      units.add(runs(events, batching));
    }
    return units;
  }

  private static List<Run> runs(List<Single> sorted, Batching batching) {
    List<Run> runs = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      boolean full = to - from == batching.events();
      boolean other =
          to < sorted.size()
              && !batching.pads()
              && sorted.get(to).rows() != sorted.get(from).rows();
      if (full || other || to == sorted.size()) {
        runs.add(new Run(List.copyOf(sorted.subList(from, to)), sorted.get(to - 1).rows()));
        from = to;
      }
    }
    return runs;
  }

  /** The buffers of one thread. */
  final class Scratch implements AutoCloseable {
    private static final int EVENTS_MAX = 16;

    private final ByteBuffer features =
        direct(EVENTS_MAX * ROWS_MAX * PaddedEvents.COLUMNS * Float.BYTES);
    private final ByteBuffer lengths = direct(EVENTS_MAX * Long.BYTES);
    private final OnnxTensor[] outputs = new OnnxTensor[EVENTS_MAX + 1];

    private static ByteBuffer direct(int bytes) {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    void run(Run run) throws OrtException {
      int count = run.events().size();
      var floats = features.clear().asFloatBuffer();
      var longs = lengths.clear().asLongBuffer();
      int eventFloats = run.longest() * PaddedEvents.COLUMNS;
      for (int i = 0; i < count; i++) {
        Single event = run.events().get(i);
        floats.position(i * eventFloats);
        floats.put(event.values(), 0, event.rows() * PaddedEvents.COLUMNS);
        longs.put(event.rows());
      }
      floats.position(0).limit(count * eventFloats);
      longs.flip();
      try (var featureTensor =
              OnnxTensor.createTensor(
                  environment, floats, new long[] {count, run.longest(), PaddedEvents.COLUMNS});
          var lengthTensor = OnnxTensor.createTensor(environment, longs, new long[] {count});
          var result =
              session.run(
                  Map.of("features", featureTensor, "lengths", lengthTensor),
                  Map.of("direction", output(count)))) {
        if (result.size() != 1) {
          throw new IllegalStateException("outputs: " + result.size() + " (expected: 1)");
        }
      }
    }

    private OnnxTensor output(int count) throws OrtException {
      OnnxTensor output = outputs[count];
      if (output == null) {
        output =
            OnnxTensor.createTensor(
                environment,
                direct(count * DIRECTION * Float.BYTES).asFloatBuffer(),
                new long[] {count, DIRECTION});
        outputs[count] = output;
      }
      return output;
    }

    @Override
    public void close() {
      for (OnnxTensor output : outputs) {
        if (output != null) {
          output.close();
        }
      }
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
