// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.dataset.BatchEvents;
import icecube.dataset.DatasetException;
import icecube.dataset.GeometryCsv;
import icecube.dataset.KaggleFolder;
import icecube.dataset.MetaReader;
import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The events of Kaggle files, folder after folder and batch after batch.
 *
 * <p>The files must not change while they are emitted, nor until an interrupted emission has been
 * resumed. The fingerprint notices most changes (name, size, first and last {@value #MARK_BYTES}
 * bytes of every file) without reading 130 GB; a change in the middle of a file of equal size it
 * does not notice. Thread-safe.
 */
public final class DatasetSource implements EventSource {
  /** Bytes at each end of a file that the fingerprint looks at; Parquet's footer is at the end. */
  static final int MARK_BYTES = 65_536;

  private final List<KaggleFolder> folders;
  private final DetectorGeometry geometry;
  private final String fingerprint;

  private DatasetSource(List<KaggleFolder> folders, DetectorGeometry geometry, String fingerprint) {
    this.folders = folders;
    this.geometry = geometry;
    this.fingerprint = fingerprint;
  }

  /** The events of one folder or file; see {@link #open(List, Optional)}. */
  public static DatasetSource open(Path input, Optional<DetectorGeometry> explicit) {
    return open(List.of(input), explicit);
  }

  /**
   * Looks for the files; reads no event yet.
   *
   * @param inputs the competition's folder, its {@code train} or {@code test}, any folder with such
   *     files, or batch files by name; in the order of {@link KaggleFolder#openAll}
   * @param explicit the detector to take; else the data set's own {@code sensor_geometry.csv} is
   *     taken, else the built-in one
   * @throws DatasetException if there is no batch, a file cannot be read, or the inputs belong to
   *     different detectors
   */
  public static DatasetSource open(List<Path> inputs, Optional<DetectorGeometry> explicit) {
    requireNonNull(explicit, "explicit");
    List<KaggleFolder> folders = KaggleFolder.openAll(inputs);
    var geometry = explicit.orElseGet(() -> geometryOf(folders));
    return new DatasetSource(folders, geometry, fingerprint(folders));
  }

  private static DetectorGeometry geometryOf(List<KaggleFolder> folders) {
    DetectorGeometry first = geometryOf(folders.get(0));
    for (KaggleFolder folder : folders) {
      DetectorGeometry other = geometryOf(folder);
      if (!other.hash().equals(first.hash())) {
        throw DatasetException.input(
            "%s: detector %s (expected: %s, as before); emit it into a --stream of its own, or name one --geometry"
                .formatted(folder.batches().get(0).file(), other.id(), first.id()),
            null);
      }
    }
    return first;
  }

  private static DetectorGeometry geometryOf(KaggleFolder folder) {
    return folder.geometryFile().map(GeometryCsv::read).orElseGet(IceCube86::geometry);
  }

  private static String fingerprint(List<KaggleFolder> folders) {
    var text = new StringBuilder();
    for (KaggleFolder folder : folders) {
      text.append("dataset");
      folder.batches().forEach(batch -> text.append(mark(batch.file())));
      // It lists the events that have no pulse.
      folder.metaFile().ifPresent(file -> text.append(mark(file)));
    }
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

  /** Whether every folder has a meta with them. */
  @Override
  public boolean hasTriggerTimes() {
    return folders.stream()
        .allMatch(folder -> folder.metaFile().filter(MetaReader::hasTriggerTimes).isPresent());
  }

  @Override
  public EventCursor open() {
    return new Cursor(new Place(0, BatchEvents.Position.START, 0, 0));
  }

  @Override
  public EventCursor open(SourcePosition from) {
    if (!(from instanceof Place place)) {
      throw new IllegalArgumentException(
          "position: " + from + " (expected: one of this source's own)");
    }
    return new Cursor(place);
  }

  /**
   * A place.
   *
   * @param folder folders before the one it lies in
   * @param inFolder the place in there
   * @param startNs when that folder's times begin, ns since the first event of the first folder
   * @param latestNs when the latest event before it triggered
   */
  private record Place(int folder, BatchEvents.Position inFolder, long startNs, long latestNs)
      implements SourcePosition {}

  /** Folders follow one another in time, too: each begins where the one before has ended. */
  private final class Cursor implements EventCursor {
    private int folder;
    private BatchEvents events;
    private long startNs;
    private long latestNs;

    Cursor(Place from) {
      folder = from.folder();
      events = BatchEvents.open(folders.get(folder), from.inFolder());
      startNs = from.startNs();
      latestNs = from.latestNs();
    }

    @Override
    public @Nullable SourceEvent next() {
      var next = events.next();
      while (next == null && folder + 1 < folders.size()) {
        events.close();
        folder++;
        events = BatchEvents.open(folders.get(folder));
        startNs = latestNs;
        next = events.next();
      }
      if (next == null) {
        return null;
      }
      Long timeNs = next.triggerTimeNs();
      if (timeNs != null) {
        timeNs += startNs;
        latestNs = Math.max(latestNs, timeNs);
      }
      return new SourceEvent(next.event(), next.truth(), timeNs, next.energyGev(), next.isTrack());
    }

    @Override
    public SourcePosition position() {
      return new Place(folder, events.position(), startNs, latestNs);
    }

    @Override
    public void close() {
      events.close();
    }
  }
}
