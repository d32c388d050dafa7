// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.LittleEndian.Varints;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column through all row groups of a file. Holds one page and the dictionary of
 * its chunk, whatever the size of the row group; pages that are skipped are not read. Confined to
 * one thread.
 */
final class ColumnCursor {
  private final FileChannel channel;
  private final ParquetFooter footer;
  private final String name;
  private final ValueType type;
  private final boolean optional;
  private int rowGroup = -1;
  private @Nullable ChunkPages pages;
  private PageValues.@Nullable Dictionary dictionary;
  private @Nullable PageHeader header;
  private @Nullable PageValues values;
  private long chunkLeft;
  private int pageLeft;
  private long row;
  private byte[] pageBytes = new byte[0];

  ColumnCursor(FileChannel channel, ParquetFooter footer, String name, ValueType type) {
    this.channel = channel;
    this.footer = footer;
    this.name = name;
    this.type = type;
    this.optional = footer.isOptional(name);
  }

  String name() {
    return name;
  }

  /** Rows before the next value. */
  long row() {
    return row;
  }

  /** Decodes the next {@code count} whole numbers; the column must have as many. */
  void longs(long[] out, int count) throws IOException {
    for (int done = 0; done < count; ) {
      PageValues from = page();
      int now = Math.min(count - done, pageLeft);
      from.longs(out, done, now);
      done += now;
      taken(now);
    }
  }

  /** Decodes the next {@code count} numbers; the column must have as many. */
  void doubles(double[] out, int count) throws IOException {
    for (int done = 0; done < count; ) {
      PageValues from = page();
      int now = Math.min(count - done, pageLeft);
      from.doubles(out, done, now);
      done += now;
      taken(now);
    }
  }

  private void taken(int count) {
    pageLeft -= count;
    chunkLeft -= count;
    row += count;
  }

  /** Steps over {@code count} rows; the column must have as many. */
  void skip(long count) throws IOException {
    long left = skipRowGroups(count);
    long[] unwanted = new long[0];
    while (left > 0) {
      nextHeader();
      if (values == null && pageLeft <= left) {
        left -= pageLeft;
        stepOverPage();
        continue;
      }
      int now = (int) Math.min(Math.min(left, pageLeft), PulseBlock.ROW_COUNT_MAX);
      if (type.isWhole()) {
        unwanted = unwanted.length == 0 ? new long[PulseBlock.ROW_COUNT_MAX] : unwanted;
        longs(unwanted, now);
      } else {
        doubles(new double[now], now);
      }
      left -= now;
    }
  }

  /** Steps over row groups that end within {@code count} rows; returns how many rows are left. */
  private long skipRowGroups(long count) throws IOException {
    long left = count;
    while (left > 0 && chunkLeft <= left) {
      left -= chunkLeft;
      row += chunkLeft;
      chunkLeft = 0;
      pageLeft = 0;
      header = null;
      values = null;
      if (left > 0) {
        nextRowGroup();
      }
    }
    return left;
  }

  private void stepOverPage() {
    if (pages != null && header != null) {
      pages.skip(header);
    }
    header = null;
    taken(pageLeft);
  }

  /** The page at hand, decoded as far as needed; the next one if it has been read to its end. */
  private PageValues page() throws IOException {
    nextHeader();
    PageValues current = values;
    if (current == null) {
      if (pages == null || header == null) {
        throw new IllegalStateException("page: none (expected: a header before its page)");
      }
      current =
          header.isSetData_page_header_v2()
              ? secondVersion(pages, header)
              : firstVersion(pages, header);
      values = current;
      header = null;
    }
    return current;
  }

  /** Makes sure that a data page with values left is at hand, by its header at least. */
  private void nextHeader() throws IOException {
    while (pageLeft == 0) {
      header = null;
      values = null;
      ChunkPages chunk = chunk();
      PageHeader next = chunk.header();
      if (next == null) {
        throw new IOException("chunk ends " + chunkLeft + " values before its last");
      }
      switch (required(next.getType())) {
        case DATA_PAGE ->
            startPage(chunk, next, required(next.getData_page_header()).getNum_values());
        case DATA_PAGE_V2 ->
            startPage(chunk, next, required(next.getData_page_header_v2()).getNum_values());
        case DICTIONARY_PAGE -> dictionary = readDictionary(chunk, next);
        case INDEX_PAGE -> chunk.skip(next);
      }
    }
  }

  private void startPage(ChunkPages chunk, PageHeader next, int count) throws IOException {
    if (count < 0 || count > chunkLeft) {
      throw new IOException("page of " + count + " values (expected: 0.." + chunkLeft + ")");
    }
    if (count == 0) {
      chunk.skip(next);
    } else {
      header = next;
      pageLeft = count;
    }
  }

  private static <T> T required(@Nullable T part) throws IOException {
    if (part == null) {
      throw new IOException("page header without the part for its type");
    }
    return part;
  }

  private ChunkPages chunk() throws IOException {
    while (chunkLeft == 0) {
      nextRowGroup();
    }
    ChunkPages current = pages;
    if (current == null) {
      current = new ChunkPages(channel, footer.chunk(rowGroup, name));
      pages = current;
    }
    return current;
  }

  /** Goes to the next row group, of which nothing is read yet. */
  private void nextRowGroup() throws IOException {
    rowGroup++;
    if (rowGroup >= footer.rowGroupCount()) {
      throw new IOException("ends after " + row + " values");
    }
    chunkLeft = footer.rowCount(rowGroup);
    dictionary = null;
    pages = null;
  }

  private PageValues.Dictionary readDictionary(ChunkPages chunk, PageHeader next)
      throws IOException {
    DictionaryPageHeader page = required(next.getDictionary_page_header());
    byte[] bytes = chunk.bytes(next, 0, true, new byte[0]);
    return PageValues.Dictionary.of(
        bytes, next.getUncompressed_page_size(), page.getNum_values(), type);
  }

  private PageValues firstVersion(ChunkPages chunk, PageHeader next) throws IOException {
    DataPageHeader page = required(next.getData_page_header());
    pageBytes = chunk.bytes(next, 0, true, pageBytes);
    int end = next.getUncompressed_page_size();
    int from = 0;
    if (optional) {
      int size = end < Integer.BYTES ? -1 : LittleEndian.intAt(pageBytes, 0);
      if (size < 0 || size > end - Integer.BYTES) {
        throw new IOException("levels of " + size + " bytes in a page of " + end);
      }
      from = Integer.BYTES + size;
      requireNoNull(Integer.BYTES, from, page.getNum_values());
    }
    return values(page.getEncoding(), from, end, page.getNum_values());
  }

  private PageValues secondVersion(ChunkPages chunk, PageHeader next) throws IOException {
    DataPageHeaderV2 page = required(next.getData_page_header_v2());
    int levels = page.getDefinition_levels_byte_length();
    if (page.getRepetition_levels_byte_length() != 0 || levels < 0) {
      throw new IOException("page with lists (expected: flat columns)");
    }
    boolean compressed = !page.isSetIs_compressed() || page.isIs_compressed();
    pageBytes = chunk.bytes(next, levels, compressed, pageBytes);
    if (optional) {
      requireNoNull(0, levels, page.getNum_values());
    }
    int end = next.getUncompressed_page_size();
    return values(page.getEncoding(), levels, end, page.getNum_values());
  }

  private void requireNoNull(int from, int end, int count) throws IOException {
    long present = new RunLengths(pageBytes, from, end, 1).leading(1, count);
    if (present < count) {
      throw new NullCell(row + present);
    }
  }

  /** A cell is empty: a fault of the data rather than of the file. */
  static final class NullCell extends IOException {
    private static final long serialVersionUID = 1L;

    NullCell(long row) {
      super("null in row " + row);
    }
  }

  private PageValues values(Encoding encoding, int from, int end, int count) throws IOException {
    return switch (encoding) {
      case PLAIN ->
          type == ValueType.BOOLEAN
              ? new PageValues.Bits(pageBytes, from, end)
              : new PageValues.Plain(pageBytes, from, end, type);
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> indexed(from, end);
      case RLE -> flags(from, end);
      case DELTA_BINARY_PACKED -> delta(from, end);
      case BYTE_STREAM_SPLIT -> PageValues.split(pageBytes, from, count, end, type);
      case BIT_PACKED, DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY -> throw unsupported(encoding);
    };
  }

  private IOException unsupported(Encoding encoding) {
    return new IOException(
        "encoding %s of %s (expected: PLAIN, a dictionary, RLE, DELTA_BINARY_PACKED or"
                .formatted(encoding, type)
            + " BYTE_STREAM_SPLIT)");
  }

  private PageValues indexed(int from, int end) throws IOException {
    if (dictionary == null) {
      throw new IOException("dictionary: none (expected: one before the page that needs it)");
    }
    int bitWidth = new Varints(pageBytes, from, end).nextByte();
    return new PageValues.Indexed(new RunLengths(pageBytes, from + 1, end, bitWidth), dictionary);
  }

  private PageValues flags(int from, int end) throws IOException {
    if (type != ValueType.BOOLEAN || end - from < Integer.BYTES) {
      throw unsupported(Encoding.RLE);
    }
    return new PageValues.Indexed(
        new RunLengths(pageBytes, from + Integer.BYTES, end, 1), PageValues.Dictionary.FLAGS);
  }

  private PageValues delta(int from, int end) throws IOException {
    if (type != ValueType.INT32 && type != ValueType.INT64) {
      throw unsupported(Encoding.DELTA_BINARY_PACKED);
    }
    return new DeltaValues(pageBytes, from, end, type);
  }
}
