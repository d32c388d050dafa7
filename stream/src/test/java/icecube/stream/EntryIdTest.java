// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EntryIdTest {
  @Test
  void textIsReadAsItIsWritten() {
    for (var id : new EntryId[] {EntryId.START, EntryId.of(17), new EntryId(1L << 52, 9)}) {
      assertThat(EntryId.parse(id.toString())).isEqualTo(id);
    }
    assertThat(EntryId.of(17)).hasToString("17-0");
  }

  @Test
  void idsOrderAsNumbersAndNotAsText() {
    assertThat(Stream.of("10-0", "2-10", "2-2", "2-0", "0-0").map(EntryId::parse).sorted())
        .map(EntryId::toString)
        .containsExactly("0-0", "2-0", "2-2", "2-10", "10-0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "17", "-", "17-", "-1", "a-0", "1-b", "1-0-0", "1--1"})
  void whatIsNoIdIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntryId.parse(text))
        .withMessageContaining("entry id: ");
  }
}
