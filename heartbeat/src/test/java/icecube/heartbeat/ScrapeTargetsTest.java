// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DEAD;
import static icecube.heartbeat.Beats.DRAINING;
import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.STARTING;
import static icecube.heartbeat.Beats.SUSPECT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeTargetsTest {
  private static final Instance REGISTRY = instance("registry", "registry-1", 1, "127.0.0.1:9471");

  @Test
  void anEmptyRegistryIsItsOwnOnlyTarget() {
    assertThat(ScrapeTargets.json(REGISTRY, List.of()))
        .isEqualTo(
            "[{\"targets\":[\"127.0.0.1:9471\"],"
                + "\"labels\":{\"kind\":\"registry\",\"instance_id\":\"registry-1\"}}]");
  }

  @Test
  void tellsWhoeverIsNeitherDeadNorLeft() throws Exception {
    List<Member> members =
        List.of(
            member(SERVING, instance("consumer", "a", 1, "h:1")),
            member(STARTING, instance("consumer", "b", 1, "h:2")),
            member(DRAINING, instance("consumer", "c", 1, "h:3")),
            member(SUSPECT, instance("emitter", "d", 1, "h:4")),
            member(DEAD, instance("emitter", "e", 1, "h:5")),
            member(LEFT, instance("model-server", "f", 1, "h:6")));

    assertThat(targets(members))
        .containsExactly(
            "registry registry-1 127.0.0.1:9471",
            "consumer a h:1",
            "consumer b h:2",
            "consumer c h:3",
            "emitter d h:4");
  }

  @Test
  void leavesOutWhoHasNoManagementAddress() throws Exception {
    assertThat(targets(List.of(member(SERVING, instance("consumer", "a", 1, ""))))).hasSize(1);
  }

  @Test
  void tellsTheNewLifeOfAServiceThatCameBackOnItsPort() throws Exception {
    Member former = member(SUSPECT, instance("consumer", "a", 1, "h:1"));
    Member present = member(SERVING, instance("consumer", "b", 2, "h:1"));

    assertThat(targets(List.of(former, present))).hasSize(2).contains("consumer b h:1");
    assertThat(targets(List.of(present, former))).hasSize(2).contains("consumer b h:1");
  }

  @Test
  void tellsItselfOnceEvenIfItBeatsToItself() throws Exception {
    assertThat(targets(List.of(member(SERVING, REGISTRY)))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"[::1]:9470,[::1]:9470", "::1:9470,[::1]:9470", "fe80::1:9470,[fe80::1]:9470"})
  void putsIpv6IntoBrackets(String beaten, String told) throws Exception {
    assertThat(targets(List.of(member(SERVING, instance("consumer", "a", 1, beaten)))))
        .contains("consumer a " + told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"h", "h:", ":1", "http://h:1/metrics", "h:1/x", "a b:1", "h:123456", "\":1"})
  void leavesOutWhatIsNoAddress(String beaten) throws Exception {
    assertThat(targets(List.of(member(SERVING, instance("consumer", "a", 1, beaten))))).hasSize(1);
  }

  @Test
  void staysJsonWhateverAnIdIs() throws Exception {
    String id = "\"}],\n\\\u0000é";

    assertThat(targets(List.of(member(SERVING, instance("consumer", id, 1, "h:1")))))
        .contains("consumer " + id + " h:1");
  }

  /** Kind, id and address of every target, through a reader of JSON. */
  private static List<String> targets(List<Member> members) throws Exception {
    List<String> told = new ArrayList<>();
    for (JsonNode entry : new ObjectMapper().readTree(ScrapeTargets.json(REGISTRY, members))) {
      assertThat(entry.get("targets")).hasSize(1);
      JsonNode labels = entry.get("labels");
      told.add(
          labels.get("kind").asText()
              + " "
              + labels.get("instance_id").asText()
              + " "
              + entry.get("targets").get(0).asText());
    }
    return told;
  }

  private static Member member(InstanceState state, Instance instance) {
    return Member.newBuilder().setState(state).setInstance(instance).build();
  }

  private static Instance instance(String kind, String id, long incarnation, String management) {
    return Beats.instance(kind, id, incarnation).toBuilder()
        .setManagementAddress(management)
        .build();
  }
}
