// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A data type of the Open Inference Protocol, and random values of it. */
enum Datatype {
  BOOL(1),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  FP16(2),
  FP32(4),
  FP64(8),
  BF16(2),
  /** Length-prefixed byte strings; ours have eight letters. */
  BYTES(12);

  private static final int TEXT_LENGTH = 8;

  /** An exponent field of half precision for [0.5, 1); what follows is the fraction. */
  private static final int FP16_HALF = 14 << 10;

  private final int size;

  Datatype(int size) {
    this.size = size;
  }

  /** Bytes of one value as it travels. */
  int size() {
    return size;
  }

  /** The type of this name. */
  static Datatype named(String name, String tensor) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new LoadException(
                    "datatype: %s of input %s (expected: one of %s)"
                        .formatted(name, tensor, Arrays.toString(values()))));
  }

  /**
   * Writes one random value: floats in (-1, 1), integers 0 or 1 (an index or a flag that every
   * model takes), texts of eight letters.
   */
  void putRandom(ByteBuffer target, SplittableRandom random) {
    switch (this) {
      case FP32 -> target.putFloat((float) signedUnit(random));
      case FP64 -> target.putDouble(signedUnit(random));
      case FP16 ->
          target.putShort((short) (random.nextInt(2) << 15 | FP16_HALF | random.nextInt(1 << 10)));
      case BF16 ->
          target.putShort((short) (Float.floatToIntBits((float) signedUnit(random)) >> 16));
      case BYTES -> {
        target.putInt(TEXT_LENGTH);
        for (int i = 0; i < TEXT_LENGTH; i++) {
          target.put((byte) ('a' + random.nextInt(26)));
        }
      }
      case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 ->
          putInteger(target, random.nextInt(2));
    }
  }

  /** Writes a whole number as this type; texts get its digits as eight characters. */
  void putNumber(ByteBuffer target, int value) {
    switch (this) {
      case FP32 -> target.putFloat(value);
      case FP64 -> target.putDouble(value);
      case FP16 -> target.putShort((short) halfOf(value));
      case BF16 -> target.putShort((short) (Float.floatToIntBits(value) >> 16));
      case BYTES -> {
        target.putInt(TEXT_LENGTH);
        for (char digit : "%08d".formatted(value).toCharArray()) {
          target.put((byte) digit);
        }
      }
      case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 ->
          putInteger(target, value);
    }
  }

  private static double signedUnit(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  /** Half precision of 0 or 1, all a mask needs. */
  private static int halfOf(int value) {
    return value == 0 ? 0 : 15 << 10;
  }

  private void putInteger(ByteBuffer target, int value) {
    switch (size) {
      case 1 -> target.put((byte) value);
      case 2 -> target.putShort((short) value);
      case 4 -> target.putInt(value);
      default -> target.putLong(value);
    }
  }
}
