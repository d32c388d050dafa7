// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.BatchEvents;
import icecube.dataset.FeatureWriter;
import icecube.dataset.FolderBatches;
import icecube.dataset.GeometryCsv;
import icecube.dataset.KaggleFolder;
import icecube.dataset.KaggleFolder.Batch;
import icecube.emitter.DatasetSource;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.IceCube86;
import icecube.proto.Reasons;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Events of a data set as training tensors: {@code features/batch_N.parquet} for each batch, with
 * the bytes that a model server would give the model.
 *
 * <p>A file appears when it is whole and then says in its metadata what it was made of, so that an
 * interrupted preparation goes on where it ended. Holds one event and one row group for each
 * thread.
 */
final class Preparation {
  private final FolderBatches batches;
  private final DetectorGeometry geometry;
  private final FeatureBuilder features;
  private final BatchFolder folder;
  private final int threads;
  private final long eventsMax;
  private final AtomicLong seen = new AtomicLong();

  /**
   * What was done.
   *
   * @param tally of all batches
   * @param batches files that stand in the output
   * @param batchesBefore of these, how many an earlier run had written
   * @param eventsBefore events read for those
   * @param sizeBytes of all files
   */
  record Result(
      EventTally tally, int batches, int batchesBefore, long eventsBefore, long sizeBytes) {}

  private Preparation(
      FolderBatches batches,
      DetectorGeometry geometry,
      FeatureBuilder features,
      BatchFolder folder,
      int threads,
      long eventsMax) {
    this.batches = batches;
    this.geometry = geometry;
    this.features = features;
    this.folder = folder;
    this.threads = threads;
    this.eventsMax = eventsMax;
  }

  /**
   * Looks for the files; writes none yet.
   *
   * @param named the detector to take instead of the data set's own
   * @param rowCountMax the most rows of an event
   * @param eventsMax the most events; {@code Long.MAX_VALUE} for all
   */
  static Preparation of(
      Path input,
      Path output,
      Optional<DetectorGeometry> named,
      int rowCountMax,
      int threads,
      long eventsMax) {
    KaggleFolder folder = KaggleFolder.open(input);
    DetectorGeometry geometry =
        named.orElseGet(
            () -> folder.geometryFile().map(GeometryCsv::read).orElseGet(IceCube86::geometry));
    FeatureBuilder features;
    try {
      features = new FeatureBuilder(geometry, rowCountMax);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          String.valueOf(e.getMessage()).replace("row_count_max", "--row-count-max"));
    }
    return new Preparation(
        FolderBatches.of(folder),
        geometry,
        features,
        new BatchFolder(output.resolve("features")),
        threads,
        eventsMax);
  }

  DetectorGeometry geometry() {
    return geometry;
  }

  /** How many events there will be, as far as the meta tells; negative if it does not. */
  long eventCountHint() {
    return Math.min(eventsMax, batches.listedEventCount().orElse(-1));
  }

  /** Writes every file that is not there yet. */
  Result run(ProgressLine progress) throws InterruptedException {
    folder.requireOnly(batches.batches());
    List<OneBatch> all = batches.batches().stream().map(OneBatch::new).toList();
    if (eventsMax == Long.MAX_VALUE) {
      BatchWork.runAll("prepare", threads, all.stream().map(each -> task(each, progress)).toList());
    } else {
      // How many events are left for a batch is known once those before it have been read.
      BatchWork.runAll("prepare", 1, List.of(() -> inTurn(all, progress)));
    }
    return result(all);
  }

  private BatchWork.Task task(OneBatch batch, ProgressLine progress) {
    return () -> batch.write(Long.MAX_VALUE, progress);
  }

  private void inTurn(List<OneBatch> all, ProgressLine progress) throws InterruptedException {
    long left = eventsMax;
    for (OneBatch batch : all) {
      if (left > 0) {
        left -= batch.write(left, progress).read();
      }
    }
  }

  private static Result result(List<OneBatch> all) {
    EventTally tally = EventTally.NONE;
    int written = 0;
    int before = 0;
    long eventsBefore = 0;
    long sizeBytes = 0;
    for (OneBatch batch : all) {
      EventTally own = batch.tally.get();
      if (own != null) {
        tally = tally.plus(own);
        written++;
        before += batch.isFromBefore ? 1 : 0;
        eventsBefore += batch.isFromBefore ? own.read() : 0;
        sizeBytes += batch.target().toFile().length();
      }
    }
    return new Result(tally, written, before, eventsBefore, sizeBytes);
  }

  /** One batch on its way; written by one thread, read once that has ended. */
  private final class OneBatch {
    private final Batch batch;
    private final AtomicReference<@Nullable EventTally> tally = new AtomicReference<>();
    private volatile boolean isFromBefore;

    OneBatch(Batch batch) {
      this.batch = batch;
    }

    Path target() {
      return folder.target(batch);
    }

    EventTally write(long most, ProgressLine progress) throws InterruptedException {
      String madeOf = madeOf(most);
      Optional<EventTally> before =
          folder
              .written(batch, madeOf)
              .map(notes -> EventTally.parse(notes.getOrDefault(BatchFolder.TALLY_KEY, "")));
      isFromBefore = before.isPresent();
      EventTally own = before.isPresent() ? before.get() : writeNow(madeOf, most, progress);
      if (isFromBefore) {
        progress.at(seen.addAndGet(own.read()));
      }
      tally.set(own);
      return own;
    }

    /** Changes when the input, or anything that its features depend on, does. */
    private String madeOf(long most) {
      String source = DatasetSource.open(batch.file(), Optional.of(geometry)).fingerprint();
      return "%s;%s;%d;cut %d;%d;%s"
          .formatted(
              source,
              geometry,
              FeatureTable.VERSION,
              FeatureTable.CUT_VERSION,
              features.rowCountMax(),
              most == Long.MAX_VALUE ? "all" : "at most " + most);
    }

    private EventTally writeNow(String madeOf, long most, ProgressLine progress)
        throws InterruptedException {
      try (BatchEvents events = batches.open(batch);
          FeatureWriter out =
              FeatureWriter.create(target(), geometry.toString(), features.rowCountMax())) {
        try {
          var counter = new EventTally.Counter();
          long read = 0;
          for (var entry = events.next(); entry != null; entry = events.next()) {
            write(entry, out, counter);
            progress.at(seen.incrementAndGet());
            if (++read == most) {
              break;
            }
          }
          EventTally counted = counter.tally();
          out.note(BatchFolder.MADE_OF_KEY, madeOf);
          out.note(BatchFolder.TALLY_KEY, counted.toNote());
          return counted;
        } catch (RuntimeException | Error | InterruptedException e) {
          out.abandon();
          throw e;
        }
      }
    }

    private void write(BatchEvents.Entry entry, FeatureWriter out, EventTally.Counter counter)
        throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("preparation: interrupted");
      }
      Event event = entry.event();
      var finding = EventDefect.find(event.pulses(), geometry);
      if (finding.isPresent()) {
        counter.leftOut(Reasons.of(finding.get().defect()));
        return;
      }
      var table = features.build(List.of(event));
      out.write(table, 0, entry);
      counter.written(table.rowCount(), entry.truth() != null);
    }
  }
}
