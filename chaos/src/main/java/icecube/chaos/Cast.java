// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one mesh, and whoever starts them again, as an orchestrator would. Confined to
 * one thread.
 */
final class Cast {
  /** How long what has ended by itself stays away. */
  private static final long RESTART_NANOS = 300_000_000;

  private final Children children;
  private final Path folder;
  private final List<Role> servers = new ArrayList<>();
  private final List<Role> consumers = new ArrayList<>();
  private @Nullable Role emitter;

  Cast(Children children, Path folder) {
    this.children = children;
    this.folder = folder;
  }

  void addServer(Supplier<List<String>> command) {
    servers.add(new Role("server-" + servers.size(), command));
  }

  void addConsumer(Supplier<List<String>> command) {
    consumers.add(new Role("consumer-" + consumers.size(), command));
  }

  void setEmitter(Supplier<List<String>> command) {
    emitter = new Role("emitter", command);
  }

  List<Role> servers() {
    return servers;
  }

  List<Role> consumers() {
    return consumers;
  }

  Role emitter() {
    if (emitter == null) {
      throw new IllegalStateException("emitter: none (expected: set before)");
    }
    return emitter;
  }

  /** Starts everybody. */
  void startAll() throws IOException {
    for (Role role : all()) {
      role.start();
    }
  }

  /** Runs a command to its end; empty if it does not come to it. */
  OptionalInt perform(String name, List<String> command, Duration atMost) throws IOException {
    Child child = children.start(name, command, Map.of(), folder.resolve(name + ".log"));
    OptionalInt code = Reference.await(child, atMost);
    child.kill();
    return code;
  }

  /** Kills everybody; nobody comes back but by {@link #revive}. */
  void stopAll() {
    for (Role role : all()) {
      role.kill(System.nanoTime());
    }
  }

  /** Starts what has ended and is not to stay away; the emitter not if its work is done. */
  void revive(long nowNanos, boolean isDone) throws IOException {
    for (Role role : all()) {
      role.revive(nowNanos, isDone && role == emitter);
    }
  }

  /** Whatever stays away comes back at the next {@link #revive}, whatever is stopped goes on. */
  void recall() throws IOException, InterruptedException {
    for (Role role : all()) {
      role.awayUntilNanos = role.awayUntilNanos == 0 ? 0 : System.nanoTime();
      role.thaw();
    }
  }

  private List<Role> all() {
    List<Role> all = new ArrayList<>(servers);
    all.addAll(consumers);
    if (emitter != null) {
      all.add(emitter);
    }
    return all;
  }

  /** One process after the other under one name. */
  final class Role {
    private final String name;
    private final Supplier<List<String>> command;
    private @Nullable Child child;
    private long awayUntilNanos;
    private boolean isFrozen;
    private int endsOfItsOwn;

    Role(String name, Supplier<List<String>> command) {
      this.name = name;
      this.command = command;
    }

    boolean isAlive() {
      return child != null && child.isAlive();
    }

    /** Its exit code, once it has ended; empty if it still runs. */
    OptionalInt await(Duration atMost) {
      return child == null ? OptionalInt.empty() : Reference.await(child, atMost);
    }

    /** How often it has ended without being killed. */
    int endsOfItsOwn() {
      return endsOfItsOwn;
    }

    void start() throws IOException {
      child = children.start(name, command.get(), Map.of(), folder.resolve(name + ".log"));
    }

    private void revive(long nowNanos, boolean isDone) throws IOException {
      Child last = child;
      if (last == null || last.isAlive()) {
        return;
      }
      if (awayUntilNanos == 0) {
        // Nobody has killed it.
        endsOfItsOwn++;
        awayUntilNanos = nowNanos + RESTART_NANOS;
      }
      if (!isDone && nowNanos - awayUntilNanos >= 0) {
        awayUntilNanos = 0;
        start();
      }
    }

    /** {@code kill -9}; it stays away until then. */
    void kill(long untilNanos) {
      if (child != null) {
        isFrozen = false;
        child.kill();
        awayUntilNanos = untilNanos;
      }
    }

    void freeze() throws IOException, InterruptedException {
      if (child != null) {
        isFrozen = true;
        child.freeze();
      }
    }

    void thaw() throws IOException, InterruptedException {
      if (child != null && isFrozen) {
        isFrozen = false;
        child.thaw();
      }
    }
  }
}
