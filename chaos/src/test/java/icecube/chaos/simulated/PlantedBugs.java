// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.AppendResult;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.OutcomePart;
import icecube.stream.ProducerMark;
import icecube.stream.PublishedEntry;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Meshes with one mistake each, of the kind people make. */
final class PlantedBugs {
  private static final int LETTERS_MAX = 1_000;

  private PlantedBugs() {}

  /** Publishes whatever it is asked to, also what is published already. */
  static Variant noPendingCheck() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new DoubledLog(log) {
          @Override
          public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
            return super.complete(partition, completion)
                .thenApply(
                    outcome -> {
                      if (outcome == CompletionOutcome.STALE) {
                        publishMore(partition, completion);
                        return CompletionOutcome.PUBLISHED;
                      }
                      return outcome;
                    });
          }
        };
      }
    };
  }

  /** Publishes first and acknowledges second, and may stop in between. */
  static Variant publishInTwoSteps() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new DoubledLog(log) {
          @Override
          public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
            publishMore(partition, completion);
            if (dice.happens(0.02)) {
              return CompletableFuture.failedStage(new EventLogException("test: in between"));
            }
            unpublish(partition, completion);
            return super.complete(partition, completion);
          }
        };
      }
    };
  }

  /** Appends what comes, also if something before it is missing. */
  static Variant noGapCheck() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new Gapped(log);
      }
    };
  }

  /** Entries after a gap get the numbers of those missing; whoever asks is told the wrong mark. */
  private static final class Gapped extends ForwardingEventLog {
    private final Map<Integer, Long> skipped = new HashMap<>();

    Gapped(EventLog log) {
      super(log);
    }

    @Override
    public ProducerMark openProducer(int partition, String fingerprint) {
      var mark = super.openProducer(partition, fingerprint);
      return new ProducerMark(mark.epoch(), mark.lastSequence() + skipped(partition));
    }

    @Override
    public AppendResult append(
        int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
      long first = Math.max(1, firstSequence - skipped(partition));
      var result = super.append(partition, epoch, first, entries, backlogMax);
      if (result.status() == AppendResult.Status.GAP) {
        skipped.merge(partition, first - result.lastSequence() - 1, Long::sum);
        result = super.append(partition, epoch, result.lastSequence() + 1, entries, backlogMax);
      }
      return shifted(partition, result);
    }

    @Override
    public AppendResult finishProducer(int partition, long epoch, long entryCount) {
      return shifted(
          partition,
          super.finishProducer(partition, epoch, Math.max(0, entryCount - skipped(partition))));
    }

    private AppendResult shifted(int partition, AppendResult result) {
      return new AppendResult(result.status(), result.lastSequence() + skipped(partition));
    }

    private long skipped(int partition) {
      return skipped.getOrDefault(partition, 0L);
    }
  }

  /** Believes what it has appended once to be there for ever. */
  static Variant emitterTrustsItsMemory() {
    return new Variant() {
      @Override
      public EventLog emitter(EventLog log) {
        return new Remembering(log);
      }
    };
  }

  private static final class Remembering extends ForwardingEventLog {
    private final Map<Integer, Long> appended = new HashMap<>();

    Remembering(EventLog log) {
      super(log);
    }

    @Override
    public ProducerMark openProducer(int partition, String fingerprint) {
      var mark = super.openProducer(partition, fingerprint);
      return new ProducerMark(mark.epoch(), remembered(partition, mark.lastSequence()));
    }

    @Override
    public AppendResult append(
        int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
      var result = super.append(partition, epoch, firstSequence, entries, backlogMax);
      return result.status() == AppendResult.Status.BUSY
          ? result
          : new AppendResult(result.status(), remembered(partition, result.lastSequence()));
    }

    private long remembered(int partition, long last) {
      return appended.merge(partition, last, Math::max);
    }
  }

  /** Takes entries over whose holders are well and renew them. */
  static Variant claimThatSteals() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new ForwardingEventLog(log) {
          @Override
          public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
            return super.claim(
                partition,
                consumer,
                new ClaimSettings(
                    Duration.ofNanos(1),
                    settings.countMax(),
                    settings.suspectAt(),
                    settings.loneDeliveriesMax()),
                lone);
          }
        };
      }
    };
  }

  /** Tells whoever asks that the entries are theirs. */
  static Variant renewThatSteals() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new ForwardingEventLog(log) {
          @Override
          public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
            super.renew(partition, consumer, ids);
            return Set.copyOf(ids);
          }
        };
      }
    };
  }

  /** Blames an entry for its deliveries alone, without having had it killed anybody. */
  static Variant blameByDeliveries() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new ForwardingEventLog(log) {
          @Override
          public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
            return super.claim(
                partition,
                consumer,
                new ClaimSettings(settings.lease(), settings.countMax(), settings.suspectAt(), 0),
                lone);
          }
        };
      }
    };
  }

  /**
   * Takes the id of a part for the events in it, although after a roll-back the same id may be
   * given to others.
   */
  static Variant idsOfPartsBelieved() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new Believing(log);
      }
    };
  }

  private static final class Believing extends ForwardingEventLog {
    private final Map<String, DeliveredEntry> delivered = new HashMap<>();

    Believing(EventLog log) {
      super(log);
    }

    @Override
    public EntryReader openReader(int partition, String consumer) {
      EntryReader reader = super.openReader(partition, consumer);
      return new EntryReader() {
        @Override
        public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
          return seen(partition, reader.readHeld(after, countMax));
        }

        @Override
        public List<DeliveredEntry> readNew(int countMax, Duration wait) {
          return seen(partition, reader.readNew(countMax, wait));
        }

        @Override
        public void close() {
          reader.close();
        }
      };
    }

    private List<DeliveredEntry> seen(int partition, List<DeliveredEntry> entries) {
      entries.forEach(entry -> delivered.put(partition + "/" + entry.id(), entry));
      return entries;
    }

    @Override
    public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
      var entry = delivered.get(partition + "/" + completion.id());
      boolean isWhole = completion.predictions().isEmpty() || completion.deadLetters().isEmpty();
      if (entry == null || completion.id().part() == 0 || !isWhole) {
        return super.complete(partition, completion);
      }
      return super.complete(
          partition,
          new Completion(
              completion.consumer(),
              completion.id(),
              completion.ownerOnly(),
              about(entry, completion.predictions()),
              about(entry, completion.deadLetters()),
              completion.remainders()));
    }

    private static OutcomePart about(DeliveredEntry entry, OutcomePart part) {
      return part.isEmpty()
          ? part
          : new OutcomePart(part.payload(), entry.eventCount(), entry.digest());
    }
  }

  /** Leaves what came with an unanswered lone claim to count as a death. */
  static Variant lostLoneClaimsCount() {
    return new Variant() {
      @Override
      public EventLog consumer(EventLog log) {
        return new ForwardingEventLog(log) {
          @Override
          public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
            return Set.of();
          }
        };
      }
    };
  }

  /** Takes events that were to go round again for published with the others of their entry. */
  static Variant remaindersForgotten() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new ForwardingEventLog(log) {
          @Override
          public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
            return super.complete(partition, withoutRemainders(completion));
          }
        };
      }
    };
  }

  private static Completion withoutRemainders(Completion completion) {
    var part = completion.predictions();
    int count = part.eventCount();
    var digest = part.digest();
    for (var remainder : completion.remainders()) {
      count += remainder.eventCount();
      digest = digest.plus(remainder.digest());
    }
    return completion.remainders().isEmpty()
        ? completion
        : new Completion(
            completion.consumer(),
            completion.id(),
            completion.ownerOnly(),
            new OutcomePart(part.payload(), count, digest),
            completion.deadLetters(),
            List.of());
  }

  /** Sends a dead letter round again and leaves it, so that it can be sent once more. */
  static Variant redriveLeavesLetters() {
    return new Variant() {
      @Override
      public EventLog server(EventLog log, Dice dice) {
        return new Leaving(log);
      }
    };
  }

  private static final class Leaving extends ForwardingEventLog {
    private final Map<Integer, List<PublishedEntry>> left = new HashMap<>();

    Leaving(EventLog log) {
      super(log);
    }

    @Override
    public boolean redrive(
        int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
      super.deadLetters(partition, "", LETTERS_MAX).stream()
          .filter(letter -> letter.id().equals(deadLetterId))
          .forEach(letter -> left.computeIfAbsent(partition, key -> new ArrayList<>()).add(letter));
      return super.redrive(partition, deadLetterId, entries, kept);
    }

    @Override
    public List<PublishedEntry> deadLetters(int partition, String afterId, int countMax) {
      List<PublishedEntry> all = new ArrayList<>(super.deadLetters(partition, "", LETTERS_MAX));
      all.addAll(left.getOrDefault(partition, List.of()));
      return all.stream()
          .sorted(Comparator.comparing(letter -> EntryId.parse(letter.id())))
          .filter(
              letter ->
                  afterId.isEmpty()
                      || EntryId.parse(letter.id()).compareTo(EntryId.parse(afterId)) > 0)
          .limit(countMax)
          .toList();
    }
  }
}
