// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.DatasetException;
import icecube.dataset.SubmissionReader.Row;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Answers in the order of their event ids, however many there are: at most {@code runRowsMax} are
 * held, what is more lies sorted in files beside the output until {@link #close}. Of answers with
 * the same id the first added is kept. Confined to one thread.
 */
final class SubmissionSort implements AutoCloseable {
  /** Rows held, some 60 bytes each: Kaggle's hidden test, a million events, needs no file. */
  static final int RUN_ROWS_MAX = 2_000_000;

  private static final int BUFFER_BYTES = 1 << 16;

  private final Path folder;
  private final int runRowsMax;
  private final List<Row> held = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private final List<Run> open = new ArrayList<>();
  private long duplicates;

  /** Files, if needed, are made in {@code folder}. */
  SubmissionSort(Path folder, int runRowsMax) {
    this.folder = folder;
    this.runRowsMax = runRowsMax;
  }

  void add(Row row) {
    held.add(row);
    if (held.size() == runRowsMax) {
      spill();
    }
  }

  private void sortHeld() {
    held.sort(Comparator.comparingLong(Row::eventId));
  }

  private void spill() {
    sortHeld();
    try {
      Path file = Files.createTempFile(folder, ".submission-", ".part");
      files.add(file);
      try (DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
        for (Row row : held) {
          out.writeLong(row.eventId());
          out.writeDouble(row.azimuthRad());
          out.writeDouble(row.zenithRad());
        }
      }
    } catch (IOException e) {
      throw DatasetException.output(
          folder + ": " + e + " (expected: room for 24 bytes an event); free some", e);
    }
    held.clear();
  }

  /** All rows once, by id; nothing may be added any more. Can be walked once. */
  Iterator<Row> sorted() {
    sortHeld();
    PriorityQueue<Run> runs =
        new PriorityQueue<>(
            Comparator.<Run>comparingLong(run -> run.head().eventId())
                .thenComparingInt(Run::number));
    for (Path file : files) {
      open.add(new Run(open.size(), rowsOf(file)));
    }
    open.add(new Run(open.size(), new Held(held.iterator())));
    open.stream().filter(Run::advance).forEach(runs::add);
    return new Merge(runs);
  }

  private static FileRows rowsOf(Path file) {
    try {
      return new FileRows(
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static DatasetException unreadable(IOException cause) {
    return DatasetException.output("submission: " + cause + " (expected: readable)", cause);
  }

  /** Rows left out so far because another has the same id. */
  long duplicates() {
    return duplicates;
  }

  /** Removes the files. */
  @Override
  public void close() {
    open.forEach(Run::close);
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        System.err.println("icecube: " + file + " is left behind: " + e);
      }
    }
  }

  /** Rows one after the other; null after the last. */
  private interface Rows {
    @Nullable Row next();

    void close();
  }

  private record Held(Iterator<Row> rows) implements Rows {
    @Override
    public @Nullable Row next() {
      return rows.hasNext() ? rows.next() : null;
    }

    @Override
    public void close() {}
  }

  private record FileRows(DataInputStream in) implements Rows {
    @Override
    public @Nullable Row next() {
      try {
        return new Row(in.readLong(), in.readDouble(), in.readDouble());
      } catch (EOFException e) {
        return null;
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw unreadable(e);
      }
    }
  }

  /** A sorted run and its next row. */
  private static final class Run {
    private final int number;
    private final Rows rows;
    private @Nullable Row head;

    Run(int number, Rows rows) {
      this.number = number;
      this.rows = rows;
    }

    int number() {
      return number;
    }

    Row head() {
      if (head == null) {
        throw new NoSuchElementException("run " + number + ": at its end");
      }
      return head;
    }

    boolean advance() {
      head = rows.next();
      return head != null;
    }

    void close() {
      rows.close();
    }
  }

  /** The rows of all runs by id, each id once. */
  private final class Merge implements Iterator<Row> {
    private final PriorityQueue<Run> runs;
    private @Nullable Row next;

    Merge(PriorityQueue<Run> runs) {
      this.runs = runs;
      next = take();
    }

    private @Nullable Row take() {
      Run run = runs.poll();
      if (run == null) {
        return null;
      }
      Row row = run.head();
      if (run.advance()) {
        runs.add(run);
      }
      return row;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Row next() {
      Row row = next;
      if (row == null) {
        throw new NoSuchElementException("submission: at its end");
      }
      next = take();
      while (next != null && next.eventId() == row.eventId()) {
        duplicates++;
        next = take();
      }
      return row;
    }
  }
}
