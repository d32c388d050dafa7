// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.protobuf.ByteString;
import inference.InferTensorContents;

/** The lists of {@code InferTensorContents}, by the type they carry. Stateless and thread-safe. */
final class OipContents {
  private OipContents() {}

  /** Elements in the list that carries {@code datatype}; −1 if none does. */
  static int countOf(OipDatatype datatype, InferTensorContents contents) {
    return switch (datatype) {
      case BOOL -> contents.getBoolContentsCount();
      case UINT8, UINT16, UINT32 -> contents.getUintContentsCount();
      case UINT64 -> contents.getUint64ContentsCount();
      case INT8, INT16, INT32 -> contents.getIntContentsCount();
      case INT64 -> contents.getInt64ContentsCount();
      case FP32 -> contents.getFp32ContentsCount();
      case FP64 -> contents.getFp64ContentsCount();
      case BYTES -> contents.getBytesContentsCount();
      case FP16, BF16 -> -1;
    };
  }

  /** Elements in all lists together. */
  static int countOfAll(InferTensorContents contents) {
    return contents.getBoolContentsCount()
        + contents.getIntContentsCount()
        + contents.getInt64ContentsCount()
        + contents.getUintContentsCount()
        + contents.getUint64ContentsCount()
        + contents.getFp32ContentsCount()
        + contents.getFp64ContentsCount()
        + contents.getBytesContentsCount();
  }

  /** The little-endian uint32 at {@code at}. */
  static long uint32(ByteString bytes, int at) {
    return (bytes.byteAt(at) & 0xffL)
        | (bytes.byteAt(at + 1) & 0xffL) << 8
        | (bytes.byteAt(at + 2) & 0xffL) << 16
        | (bytes.byteAt(at + 3) & 0xffL) << 24;
  }
}
