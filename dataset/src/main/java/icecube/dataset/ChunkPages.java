// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.PageHeader;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one column chunk, one at a time: header first, then its bytes or the step over them.
 * Holds one page, whatever the size of the chunk or the row group; confined to one thread.
 */
final class ChunkPages {
  /**
   * The most bytes of a page, compressed or not. The common writers aim at 1 MiB; a reader of five
   * columns holds ten such buffers at worst.
   */
  static final int PAGE_SIZE_MAX = 16 << 20;

  /** Readable bytes behind a page, so that eight can be loaded wherever one begins. */
  static final int PADDING = 8;

  /** The most bytes of a page header; most have 30, statistics of a number add 40. */
  private static final int HEADER_SIZE_MAX = 8 << 10;

  private static final int WINDOW_SIZE = 64 << 10;

  private final FileChannel channel;
  private final PageCodec codec;
  private final long end;
  private long position;
  private final byte[] window = new byte[WINDOW_SIZE];
  private long windowStart;
  private int windowCount;
  private byte[] compressed = new byte[0];

  ChunkPages(FileChannel channel, ColumnMetaData chunk) throws IOException {
    this.channel = channel;
    this.codec = PageCodec.of(chunk.getCodec());
    this.position = ParquetFooter.start(chunk);
    this.end = position + chunk.getTotal_compressed_size();
  }

  /** The next page's header, or null at the end of the chunk; its bytes must be taken next. */
  @Nullable PageHeader header() throws IOException {
    if (position >= end) {
      return null;
    }
    int size = (int) Math.min(HEADER_SIZE_MAX, end - position);
    fillWindow(size);
    var parsed = ThriftBytes.pageHeader(window, (int) (position - windowStart), size);
    position += parsed.size();
    PageHeader header = parsed.value();
    require(header.getCompressed_page_size(), Math.min(PAGE_SIZE_MAX, end - position));
    require(header.getUncompressed_page_size(), PAGE_SIZE_MAX);
    return header;
  }

  private static void require(int size, long max) throws IOException {
    if (size < 0 || size > max) {
      throw new IOException("page of " + size + " bytes (expected: 0.." + max + ")");
    }
  }

  /** Steps over the page whose header came last. */
  void skip(PageHeader header) {
    position += header.getCompressed_page_size();
  }

  /**
   * The page whose header came last, decompressed into {@code reuse} if that is large enough. The
   * first {@code plainSize} bytes are not compressed, as the levels of a version 2 page.
   */
  byte[] bytes(PageHeader header, int plainSize, boolean isCompressed, byte[] reuse)
      throws IOException {
    int size = header.getUncompressed_page_size();
    int stored = header.getCompressed_page_size();
    require(plainSize, Math.min(size, stored));
    byte[] page = reuse.length >= size + PADDING ? reuse : new byte[roomFor(size)];
    if (compressed.length < stored) {
      compressed = new byte[roomFor(stored)];
    }
    read(compressed, stored);
    requireChecksum(header, stored);
    System.arraycopy(compressed, 0, page, 0, plainSize);
    if (size > plainSize || stored > plainSize) {
      PageCodec pageCodec = isCompressed ? codec : PageCodec.UNCOMPRESSED;
      pageCodec.decompress(
          compressed, plainSize, stored - plainSize, page, plainSize, size - plainSize);
    }
    Arrays.fill(page, size, size + PADDING, (byte) 0);
    return page;
  }

  /** Damage that still decodes is found where the writer left a checksum; Kaggle's does not. */
  private void requireChecksum(PageHeader header, int stored) throws IOException {
    if (header.isSetCrc()) {
      var crc = new CRC32();
      crc.update(compressed, 0, stored);
      if ((int) crc.getValue() != header.getCrc()) {
        throw new IOException(
            "page checksum: %08x (expected: %08x)"
                .formatted((int) crc.getValue(), header.getCrc()));
      }
    }
  }

  private static int roomFor(int size) {
    return size + size / 8 + PADDING;
  }

  private void read(byte[] into, int size) throws IOException {
    int fromWindow = 0;
    if (position >= windowStart && position < windowStart + windowCount) {
      int at = (int) (position - windowStart);
      fromWindow = Math.min(size, windowCount - at);
      System.arraycopy(window, at, into, 0, fromWindow);
    }
    readFully(position + fromWindow, into, fromWindow, size - fromWindow);
    position += size;
  }

  /** Makes {@code size} bytes from the position on lie in the window. */
  private void fillWindow(int size) throws IOException {
    if (position >= windowStart && position + size <= windowStart + windowCount) {
      return;
    }
    windowCount = 0;
    int count = (int) Math.min(WINDOW_SIZE, end - position);
    readFully(position, window, 0, count);
    windowStart = position;
    windowCount = count;
  }

  private void readFully(long from, byte[] into, int offset, int size) throws IOException {
    var buffer = ByteBuffer.wrap(into, offset, size);
    while (buffer.hasRemaining()) {
      long at = from + buffer.position() - offset;
      if (channel.read(buffer, at) < 0) {
        throw new IOException("ends at byte " + at);
      }
    }
  }
}
