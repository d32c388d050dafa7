// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Does to a mesh what a schedule says, and undoes it in time. Confined to one thread. */
final class FaultThrower {
  /** How long a fault waits for what it needs: a Redis that is up, a replica that follows. */
  private static final long POSTPONE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int POSTPONEMENTS_MAX = 50;
  private static final int CUTS_PER_THOUSAND = 10;
  private static final int LATE_MILLIS_MAX = 30;
  private static final long REJOIN_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final RedisSite redis;
  private final Cast cast;
  private final Agenda agenda = new Agenda();
  private final Map<FaultKind, Integer> thrown = new EnumMap<>(FaultKind.class);
  private long lastNanos;

  FaultThrower(RedisSite redis, Cast cast) {
    this.redis = redis;
    this.cast = cast;
  }

  /** Puts a schedule on the agenda; its time begins now. */
  void plan(List<Fault> faults, long nowNanos) {
    lastNanos = nowNanos;
    for (Fault fault : faults) {
      long atNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(fault.atMillis());
      agenda.at(atNanos, () -> begin(fault, 0));
    }
  }

  /** Throws what is due. */
  void step(long nowNanos) throws IOException, InterruptedException {
    agenda.runDue(nowNanos);
  }

  /** Whether all was thrown and undone. */
  boolean isOver() {
    return agenda.isEmpty();
  }

  /** When the last fault was thrown or undone. */
  long lastNanos() {
    return lastNanos;
  }

  /** How many of each kind were thrown. */
  Map<FaultKind, Integer> thrown() {
    return Map.copyOf(thrown);
  }

  private void begin(Fault fault, int postponements) throws IOException, InterruptedException {
    if (!isPossible(fault)) {
      if (postponements < POSTPONEMENTS_MAX) {
        agenda.at(System.nanoTime() + POSTPONE_NANOS, () -> begin(fault, postponements + 1));
      }
      return;
    }
    thrown.merge(fault.kind(), 1, Integer::sum);
    lastNanos = System.nanoTime();
    long endNanos = lastNanos + TimeUnit.MILLISECONDS.toNanos(fault.millis());
    switch (fault.kind()) {
      case CONSUMER_KILL -> pick(cast.consumers(), fault).kill(endNanos);
      case SERVER_KILL -> pick(cast.servers(), fault).kill(endNanos);
      case EMITTER_KILL -> cast.emitter().kill(endNanos);
      case CONSUMER_STOP -> stop(pick(cast.consumers(), fault), endNanos);
      case REDIS_KILL -> {
        redis.kill();
        end(endNanos, redis::restart);
      }
      case LOG_TAIL_LOST -> {
        redis.kill();
        redis.loseTail(fault.bytes());
        end(endNanos, redis::restart);
      }
      case FAIL_OVER -> {
        redis.letReplicaLag();
        end(endNanos, this::failOver);
      }
      case LINK_TROUBLE -> {
        redis.trouble(CUTS_PER_THOUSAND, LATE_MILLIS_MAX);
        end(endNanos, () -> redis.trouble(0, 0));
      }
      case MEMORY_FULL -> {
        redis.limitMemory(true);
        end(endNanos, this::freeMemory);
      }
      case BACKLOG_FULL -> {
        for (Cast.Role consumer : cast.consumers()) {
          stop(consumer, endNanos);
        }
      }
    }
  }

  private boolean isPossible(Fault fault) {
    return switch (fault.kind()) {
      case CONSUMER_KILL, CONSUMER_STOP -> pick(cast.consumers(), fault).isAlive();
      case SERVER_KILL -> pick(cast.servers(), fault).isAlive();
      case EMITTER_KILL -> cast.emitter().isAlive();
      case REDIS_KILL, LOG_TAIL_LOST, MEMORY_FULL -> redis.isUp();
      case FAIL_OVER -> redis.isReplicaFollowing();
      case LINK_TROUBLE, BACKLOG_FULL -> true;
    };
  }

  private void end(long atNanos, Agenda.Act act) {
    agenda.at(
        atNanos,
        () -> {
          act.run();
          lastNanos = System.nanoTime();
        });
  }

  private void stop(Cast.Role role, long untilNanos) throws IOException, InterruptedException {
    role.freeze();
    end(untilNanos, role::thaw);
  }

  /**
   * A primary that was killed while its replica lagged is up again first, or it is no fail-over.
   */
  private void failOver() throws IOException {
    if (!redis.isUp()) {
      agenda.at(System.nanoTime() + POSTPONE_NANOS, this::failOver);
      return;
    }
    redis.failOver();
    lastNanos = System.nanoTime();
    end(lastNanos + REJOIN_NANOS, redis::rejoin);
  }

  /** A Redis that was killed meanwhile has forgotten its limit. */
  private void freeMemory() throws IOException {
    if (redis.isUp()) {
      redis.limitMemory(false);
    }
  }

  private static Cast.Role pick(List<Cast.Role> roles, Fault fault) {
    return roles.get(fault.target() % roles.size());
  }
}
