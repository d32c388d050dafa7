// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.format.CompressionCodec;
import org.xerial.snappy.Snappy;

/**
 * How the bytes of a page are compressed. The size after decompression is stated beforehand and
 * checked by the caller, and no codec writes beyond it.
 */
enum PageCodec {
  UNCOMPRESSED {
    @Override
    void decompress(byte[] in, int offset, int size, byte[] out, int outOffset, int outSize)
        throws IOException {
      requireSize(size, outSize);
      System.arraycopy(in, offset, out, outOffset, outSize);
    }
  },
  SNAPPY {
    @Override
    void decompress(byte[] in, int offset, int size, byte[] out, int outOffset, int outSize)
        throws IOException {
      // Native code: it trusts the length that stands in the data.
      requireSize(Snappy.uncompressedLength(in, offset, size), outSize);
      Snappy.uncompress(in, offset, size, out, outOffset);
    }
  },
  GZIP {
    @Override
    void decompress(byte[] in, int offset, int size, byte[] out, int outOffset, int outSize)
        throws IOException {
      try (var gzip = new GZIPInputStream(new ByteArrayInputStream(in, offset, size))) {
        requireSize(gzip.readNBytes(out, outOffset, outSize), outSize);
      }
    }
  },
  ZSTD {
    @Override
    void decompress(byte[] in, int offset, int size, byte[] out, int outOffset, int outSize)
        throws IOException {
      long decompressed = Zstd.decompressByteArray(out, outOffset, outSize, in, offset, size);
      if (Zstd.isError(decompressed)) {
        throw new IOException("zstd: " + Zstd.getErrorName(decompressed));
      }
      requireSize(decompressed, outSize);
    }
  };

  /** Fills {@code outSize} bytes of {@code out}, or throws. */
  abstract void decompress(byte[] in, int offset, int size, byte[] out, int outOffset, int outSize)
      throws IOException;

  static PageCodec of(CompressionCodec codec) throws IOException {
    for (PageCodec known : values()) {
      if (known.name().equals(codec.name())) {
        return known;
      }
    }
    throw new IOException(
        "compression: " + codec + " (expected: UNCOMPRESSED, SNAPPY, GZIP or ZSTD)");
  }

  private static void requireSize(long size, int stated) throws IOException {
    if (size != stated) {
      throw new IOException("page of " + size + " bytes (expected: " + stated + ", as stated)");
    }
  }
}
