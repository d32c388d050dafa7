// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What strangers sent, in error messages. */
final class OipTextTest {
  @Test
  void anOrdinaryNameStaysAsItIs() {
    assertThat(OipText.quote("line-fit é 😀")).isEqualTo("line-fit é 😀");
    assertThat(OipText.quote("")).isEqualTo("\"\"");
  }

  @Test
  void aLongNameIsCut() {
    assertThat(OipText.quote("x".repeat(64))).isEqualTo("x".repeat(64));
    assertThat(OipText.quote("x".repeat(65))).isEqualTo("x".repeat(64) + "…");
  }

  @Test
  void whatWouldBreakALineOrAHeaderIsReplaced() {
    assertThat(OipText.quote("a\r\nb\u0000\u001b[2J\ud800")).isEqualTo("a??b??[2J?");
    assertThat(OipText.quote("x".repeat(63) + "😀")).isEqualTo("x".repeat(63) + "?…");
  }
}
