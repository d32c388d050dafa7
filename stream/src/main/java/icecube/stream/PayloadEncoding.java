// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import icecube.proto.ReasonException;
import icecube.v1.Reason;

/**
 * How the payload of an entry of events is written.
 *
 * <p>Packing trades the processor's time for the log's memory. What is unpacked is bounded before a
 * byte of it is allocated: a frame that does not say its size, or says more than {@link
 * #UNPACKED_SIZE_MAX}, is refused. Thread-safe.
 */
public enum PayloadEncoding {
  /** As it is. */
  PLAIN {
    @Override
    public byte[] pack(byte[] payload) {
      return payload;
    }

    @Override
    public byte[] unpack(byte[] packed) {
      return packed;
    }

    @Override
    public long unpackedSize(byte[] packed) {
      return packed.length;
    }
  },

  /** One Zstandard frame (RFC 8878) that states its size. */
  ZSTD {
    @Override
    public byte[] pack(byte[] payload) {
      if (payload.length > UNPACKED_SIZE_MAX) {
        throw new IllegalArgumentException(
            "payload: %d bytes (expected: at most %d); append it as it is"
                .formatted(payload.length, UNPACKED_SIZE_MAX));
      }
      return Zstd.compress(payload, LEVEL);
    }

    @Override
    public byte[] unpack(byte[] packed) {
      long size = Zstd.getFrameContentSize(packed);
      if (size < 0 || size > UNPACKED_SIZE_MAX) {
        throw unreadable(
            "%d bytes packed as zstd, unpacked %s (expected: one frame that states its size, at most %d)"
                .formatted(packed.length, size < 0 ? "unknown" : size, UNPACKED_SIZE_MAX),
            null);
      }
      byte[] payload = new byte[(int) size];
      try {
        long written = Zstd.decompress(payload, packed);
        if (written == size) {
          return payload;
        }
        throw unreadable("unpacked %d bytes (expected: %d)".formatted(written, size), null);
      } catch (ZstdException e) {
        throw unreadable(e.getMessage() + " (expected: one frame of zstd)", e);
      }
    }

    @Override
    public long unpackedSize(byte[] packed) {
      long size = Zstd.getFrameContentSize(packed);
      return size > UNPACKED_SIZE_MAX ? packed.length : Math.max(packed.length, size);
    }
  };

  /** The most bytes a packed payload may have when unpacked: 16 MiB, some 16 full entries. */
  public static final int UNPACKED_SIZE_MAX = 16 << 20;

  /** The fastest of zstd's ordinary levels: pulses shrink little more on the higher ones. */
  private static final int LEVEL = 1;

  /**
   * The payload so written.
   *
   * @throws IllegalArgumentException if it is larger than {@link #UNPACKED_SIZE_MAX} and this is
   *     not {@link #PLAIN}
   */
  public abstract byte[] pack(byte[] payload);

  /**
   * The payload that was so written.
   *
   * @throws ReasonException {@code ENTRY_UNREADABLE} if it was not
   */
  public abstract byte[] unpack(byte[] packed);

  /**
   * Bytes that {@link #unpack} needs for this payload, looked up and not tried; what it would
   * refuse needs none beyond those it has.
   */
  public abstract long unpackedSize(byte[] packed);

  private static ReasonException unreadable(
      String message, @org.jspecify.annotations.Nullable Throwable cause) {
    var failure = new ReasonException(Reason.REASON_ENTRY_UNREADABLE, "payload: " + message);
    if (cause != null) {
      failure.initCause(cause);
    }
    return failure;
  }
}
