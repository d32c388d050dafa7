// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgendaTest {
  private final Agenda agenda = new Agenda();
  private final List<String> done = new ArrayList<>();

  @Test
  void doesWhatIsDueInOrderOfTime() throws Exception {
    agenda.at(30, () -> done.add("late"));
    agenda.at(10, () -> done.add("first"));
    agenda.at(10, () -> done.add("second"));
    agenda.runDue(20);
    assertThat(done).containsExactly("first", "second");
    assertThat(agenda.isEmpty()).isFalse();
  }

  @Test
  void whatAnActAddsIsDoneAtOnceIfDue() throws Exception {
    agenda.at(10, () -> agenda.at(15, () -> done.add("added")));
    agenda.runDue(20);
    assertThat(done).containsExactly("added");
    assertThat(agenda.isEmpty()).isTrue();
  }
}
