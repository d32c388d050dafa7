// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.proto.InstanceStates;
import icecube.v1.Instance;
import icecube.v1.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Whom Prometheus should scrape, in the JSON of its <a
 * href="https://prometheus.io/docs/prometheus/latest/http_sd/">HTTP service discovery</a>: the
 * registry itself and every member with a management address that is neither DEAD nor LEFT, each
 * with the labels {@code kind} and {@code instance_id}. A SUSPECT is still told: that its scrape
 * fails is worth a sample.
 *
 * <p>Of two members with one address (a service that came back on its port under another id, before
 * the lease of its former life is over) only the later started is told; otherwise its figures would
 * count twice. An address that is not {@code host:port} is left out. At most as many targets as the
 * registry may have members, and one.
 */
final class ScrapeTargets {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern TARGET =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[\\w.-]+):[0-9]{1,5}");
  private static final Pattern BARE_IPV6 =
      Pattern.compile("^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*):([0-9]+)$");

  private ScrapeTargets() {}

  /** One entry of the list. */
  private record Target(List<String> targets, Map<String, String> labels) {}

  /** The list, the registry first, the others in their order. */
  static String json(Instance registry, List<Member> members) {
    Map<String, Instance> byAddress = new LinkedHashMap<>();
    for (Member member : members) {
      Instance instance = member.getInstance();
      String address = target(instance.getManagementAddress());
      if (InstanceStates.isHere(member.getState()) && TARGET.matcher(address).matches()) {
        byAddress.merge(address, instance, ScrapeTargets::later);
      }
    }
    String own = target(registry.getManagementAddress());
    byAddress.remove(own);
    List<Target> targets = new ArrayList<>();
    targets.add(entry(own, registry));
    byAddress.forEach((address, instance) -> targets.add(entry(address, instance)));
    try {
      return JSON.writeValueAsString(targets);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("targets: strings cannot be written (expected: JSON)", e);
    }
  }

  private static Target entry(String address, Instance instance) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("kind", instance.getKind());
    labels.put("instance_id", instance.getInstanceId());
    return new Target(List.of(address), labels);
  }

  private static Instance later(Instance one, Instance other) {
    return one.getIncarnation() > other.getIncarnation() ? one : other;
  }

  // Prometheus wants brackets; who beats may have forgotten them.
  private static String target(String address) {
    return BARE_IPV6.matcher(address).replaceFirst("[$1]:$2");
  }
}
