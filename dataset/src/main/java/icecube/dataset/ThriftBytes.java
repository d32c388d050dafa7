// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import shaded.parquet.org.apache.thrift.TBase;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;

/**
 * Parquet's own structures out of bytes of known length.
 *
 * <p>The protocol is told how many bytes there are, so a list or a string that claims more is
 * refused before anything is allocated for it; the reader of parquet-format is not told and
 * allocates what a damaged length asks for.
 */
final class ThriftBytes {
  /** How deep a structure may nest; Parquet's own need 6. */
  private static final int DEPTH_MAX = 64;

  /** A structure and how many bytes it took. */
  record Parsed<T>(T value, int size) {}

  private ThriftBytes() {}

  static Parsed<FileMetaData> footer(byte[] bytes) throws IOException {
    var footer = new FileMetaData();
    return new Parsed<>(footer, read(footer, bytes, 0, bytes.length));
  }

  static Parsed<PageHeader> pageHeader(byte[] bytes, int offset, int size) throws IOException {
    var header = new PageHeader();
    return new Parsed<>(header, read(header, bytes, offset, size));
  }

  private static int read(TBase<?, ?> into, byte[] bytes, int offset, int size) throws IOException {
    var in = new ByteArrayInputStream(bytes, offset, size);
    try {
      var bounds = new TConfiguration(size, size, DEPTH_MAX);
      into.read(new TCompactProtocol(new TIOStreamTransport(bounds, in)));
    } catch (TException e) {
      throw new IOException("no Parquet structure", e);
    } catch (StackOverflowError e) {
      // Unknown fields are skipped recursively and without a limit: a hostile file nests them.
      throw new IOException("a structure nested without end", e);
    }
    return size - in.available();
  }
}
