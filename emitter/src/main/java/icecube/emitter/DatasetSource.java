// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.dataset.BatchEvents;
import icecube.dataset.DatasetException;
import icecube.dataset.GeometryCsv;
import icecube.dataset.KaggleFolder;
import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The events of a folder of Kaggle files, batch after batch.
 *
 * <p>The files must not change while they are emitted, nor until an interrupted emission has been
 * resumed. The fingerprint notices most changes (name, size, first and last {@value #MARK_BYTES}
 * bytes of every file) without reading 130 GB; a change in the middle of a file of equal size it
 * does not notice. Thread-safe.
 */
public final class DatasetSource implements EventSource {
  /** Bytes at each end of a file that the fingerprint looks at; Parquet's footer is at the end. */
  static final int MARK_BYTES = 65_536;

  private final KaggleFolder folder;
  private final DetectorGeometry geometry;
  private final String fingerprint;

  private DatasetSource(KaggleFolder folder, DetectorGeometry geometry, String fingerprint) {
    this.folder = folder;
    this.geometry = geometry;
    this.fingerprint = fingerprint;
  }

  /**
   * Looks for the files; reads no event yet.
   *
   * @param input the competition's folder, its {@code train} or {@code test}, or any with such
   *     files
   * @param explicit the detector to take; else the data set's own {@code sensor_geometry.csv} is
   *     taken, else the built-in one
   * @throws DatasetException if there is no batch, or a file cannot be read
   */
  public static DatasetSource open(Path input, Optional<DetectorGeometry> explicit) {
    requireNonNull(explicit, "explicit");
    var folder = KaggleFolder.open(input);
    var geometry =
        explicit
            .or(() -> folder.geometryFile().map(GeometryCsv::read))
            .orElseGet(IceCube86::geometry);
    return new DatasetSource(folder, geometry, fingerprint(folder));
  }

  private static String fingerprint(KaggleFolder folder) {
    var text = new StringBuilder("dataset");
    folder.batches().forEach(batch -> text.append(mark(batch.file())));
    // It lists the events that have no pulse.
    folder.metaFile().ifPresent(file -> text.append(mark(file)));
    return text.toString();
  }

  private static String mark(Path file) {
    var crc = new CRC32();
    try (var bytes = new RandomAccessFile(file.toFile(), "r")) {
      long size = bytes.length();
      byte[] end = new byte[(int) Math.min(size, MARK_BYTES)];
      bytes.readFully(end);
      crc.update(end);
      bytes.seek(size - end.length);
      bytes.readFully(end);
      crc.update(end);
      return ":%s,%d,%08x".formatted(file.getFileName(), size, crc.getValue());
    } catch (IOException e) {
      throw DatasetException.input(file + ": " + e.getMessage() + " (expected: readable)", e);
    }
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public DetectorGeometry geometry() {
    return geometry;
  }

  /** Not known: neither batches nor meta tell it without being read. */
  @Override
  public OptionalLong eventCount() {
    return OptionalLong.empty();
  }

  @Override
  public EventCursor open() {
    return new Cursor(BatchEvents.open(folder));
  }

  private static final class Cursor implements EventCursor {
    private final BatchEvents events;

    Cursor(BatchEvents events) {
      this.events = events;
    }

    @Override
    public @Nullable SourceEvent next() {
      var next = events.next();
      return next == null ? null : new SourceEvent(next.event(), next.truth());
    }

    @Override
    public void close() {
      events.close();
    }
  }
}
