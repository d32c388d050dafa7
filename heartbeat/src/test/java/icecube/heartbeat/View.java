// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.InstanceState;
import icecube.v1.Member;
import icecube.v1.WatchResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a watcher believes: applies snapshots and changes, drops whoever died or left. */
final class View {
  private final Map<String, String> members = new TreeMap<>();
  private long revision;

  static Map<String, String> of(List<Member> members) {
    View view = new View();
    members.forEach(view::apply);
    return view.members;
  }

  Map<String, String> members() {
    return members;
  }

  long revision() {
    return revision;
  }

  void apply(WatchResponse response) {
    assertThat(response.getRevision()).isGreaterThanOrEqualTo(revision);
    if (response.getSnapshot()) {
      members.clear();
    }
    response.getMembersList().forEach(this::apply);
    revision = response.getRevision();
  }

  void apply(Member member) {
    String key = member.getInstance().getKind() + "/" + member.getInstance().getInstanceId();
    InstanceState state = member.getState();
    if (state == InstanceState.INSTANCE_STATE_DEAD || state == InstanceState.INSTANCE_STATE_LEFT) {
      members.remove(key);
    } else {
      members.put(key, member.getInstance().getIncarnation() + " " + state);
    }
  }
}
