// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OipDatatypeTest {
  @Test
  void aTensorHasItsElementsBytesAndAScalarOneElement() {
    assertThat(OipDatatype.FP32.sizeBytes(new long[] {2, 3, 6})).isEqualTo(144);
    assertThat(OipDatatype.FP16.sizeBytes(new long[] {7})).isEqualTo(14);
    assertThat(OipDatatype.INT64.sizeBytes(new long[] {})).isEqualTo(8);
    assertThat(OipDatatype.BOOL.sizeBytes(new long[] {5, 0})).isZero();
  }

  @Test
  void aSizeThatNoLongHoldsIsToldAndNotTruncated() {
    assertThatThrownBy(() -> OipDatatype.FP64.sizeBytes(new long[] {1L << 30, 1L << 30}))
        .isInstanceOf(ArithmeticException.class);
  }
}
