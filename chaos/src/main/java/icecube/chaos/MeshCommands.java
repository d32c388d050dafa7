// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The command lines of one mesh. The emitter's changes while it runs: started again, it gets the
 * pace at which what is left lasts until the faults end. Confined to one thread.
 */
final class MeshCommands {
  /** Shorter than the shortest stop of a consumer, so that a stop makes a zombie. */
  static final double LEASE_SECONDS = 1.5;

  private static final int SERVERS = 2;
  private static final int HEAP_MIB = 256;
  private static final double RATE_MIN = 500;

  /** A share of the time is spent dead. */
  private static final double TIME_USED = 0.7;

  private final Workplace place;
  private final String redis;
  private final Path input;
  private final Killers killers;
  private final List<String> targets;
  private double rate;
  private boolean isMended;

  private MeshCommands(
      Workplace place, String redis, Path input, Killers killers, List<String> targets) {
    this.place = place;
    this.redis = redis;
    this.input = input;
    this.killers = killers;
    this.targets = targets;
  }

  /** With servers on ports of their own. */
  static MeshCommands of(Workplace place, String redis, Path input, Killers killers)
      throws IOException {
    List<String> targets = new ArrayList<>();
    for (int server = 0; server < SERVERS; server++) {
      targets.add("127.0.0.1:" + Ports.free());
    }
    return new MeshCommands(place, redis, input, killers, List.copyOf(targets));
  }

  List<String> targets() {
    return targets;
  }

  /** Sets the pace of the next emitter; does nothing if it is unknown how many events are left. */
  void pace(long eventsLeft, long nanosLeft) {
    if (eventsLeft >= 0 && nanosLeft > 0) {
      rate = Math.max(RATE_MIN, eventsLeft / (nanosLeft / 1e9 * TIME_USED));
    }
  }

  /** The next emitter goes as fast as it can. */
  void hurry() {
    rate = 0;
  }

  /** From now on events kill no consumer that is started. */
  void mend() {
    isMended = true;
  }

  /** Sends round again what killed consumers. */
  List<String> redrive() {
    return place.icecube(
        HEAP_MIB,
        "redrive",
        "--redis",
        redis,
        "--stream",
        SeedRun.STREAM,
        "--reason",
        "CRASH_LOOP");
  }

  List<String> server(String target) {
    String port = target.substring(target.lastIndexOf(':') + 1);
    return place.icecube(HEAP_MIB, "serve", "--model", "line-fit", "--port", port);
  }

  /** A consumer; one that dies of killers, if there are any. */
  List<String> consumer() {
    String lease = Double.toString(LEASE_SECONDS);
    if (isMended || killers.eventIds().isEmpty()) {
      return soundConsumer();
    }
    return place.main(
        HEAP_MIB,
        PoisonedConsumer.class,
        redis,
        SeedRun.STREAM,
        Integer.toString(SeedRun.PARTITIONS),
        String.join(",", targets),
        lease,
        killers.toText());
  }

  /** A consumer as it is shipped. */
  List<String> soundConsumer() {
    return place.icecube(
        HEAP_MIB,
        "consume",
        "--redis",
        redis,
        "--stream",
        SeedRun.STREAM,
        "--partitions",
        Integer.toString(SeedRun.PARTITIONS),
        "--model-server",
        String.join(",", targets),
        "--lease",
        Double.toString(LEASE_SECONDS));
  }

  List<String> emitter() {
    return place.icecube(
        HEAP_MIB,
        "emit",
        "--redis",
        redis,
        "--stream",
        SeedRun.STREAM,
        "--partitions",
        Integer.toString(SeedRun.PARTITIONS),
        "--input",
        input.toString(),
        "--rate",
        String.format(Locale.ROOT, "%.0f", rate));
  }
}
