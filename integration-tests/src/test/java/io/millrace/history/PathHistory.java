package io.millrace.history;

import io.millrace.history.Event.Append;
import io.millrace.history.Event.Create;
import io.millrace.history.Event.Delete;
import io.millrace.history.Event.Gone;
import io.millrace.history.Event.Read;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that happened to one path, by what it says: which of its lives were seen, and when it was said to have none. */
final class PathHistory {

    private final String path;
    private final List<Create> creates = new ArrayList<>();
    private final List<Append> appends = new ArrayList<>();
    private final List<Event.Close> closes = new ArrayList<>();
    private final List<Delete> deletes = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();
    private final List<Gone> gone = new ArrayList<>();
    private final List<Event.NoAnswer> unanswered = new ArrayList<>();
    private final List<Asked> absences = new ArrayList<>();
    private final Map<String, List<Sighting>> sightings = new LinkedHashMap<>();
    private final Map<String, List<Append>> byMessage = new HashMap<>();

    /**
     * An answer from which one can see that a life of the path was there, and how far it went.
     *
     * @param isStrong whether it was so at some moment after the request was sent, rather than somewhat earlier
     */
    record Sighting(Asked asked, Place place, boolean isStrong, Kind kind) {}

    /** What a sighting's request did to the stream. */
    enum Kind {
        BEGAN,
        APPENDED,
        LEFT_AS_IT_WAS
    }

    PathHistory(String path) {
        this.path = path;
    }

    void add(Event event) {
        switch (event) {
            case Create create -> {
                creates.add(create);
                addOutcome(create.asked(), create.outcome(), Kind.BEGAN);
            }
            case Append append -> {
                appends.add(append);
                byMessage
                        .computeIfAbsent(append.message(), _ -> new ArrayList<>())
                        .add(append);
                addOutcome(append.asked(), append.outcome(), Kind.APPENDED);
            }
            case Event.Close close -> {
                closes.add(close);
                addOutcome(close.asked(), close.outcome(), Kind.LEFT_AS_IT_WAS);
            }
            case Delete delete -> {
                deletes.add(delete);
                addOutcome(delete.asked(), delete.outcome(), Kind.LEFT_AS_IT_WAS);
            }
            case Read read -> {
                reads.add(read);
                see(new Sighting(read.asked(), read.place(), read.place().isAll(), Kind.LEFT_AS_IT_WAS));
            }
            case Event.Head head -> see(new Sighting(head.asked(), head.place(), true, Kind.LEFT_AS_IT_WAS));
            case Event.Absent absent -> absences.add(absent.asked());
            case Gone without -> gone.add(without);
            case Event.NoAnswer none -> unanswered.add(none);
        }
    }

    private void addOutcome(Asked asked, Outcome outcome, Kind ifNew) {
        switch (outcome) {
            case Outcome.Acknowledged(Place place, boolean isNew) ->
                see(new Sighting(asked, place, true, isNew ? ifNew : Kind.LEFT_AS_IT_WAS));
            case Outcome.Refused(Refusal.Absent _) -> absences.add(asked);
            case Outcome.Refused _, Outcome.Deleted _, Outcome.Unknown _ -> {}
        }
    }

    private void see(Sighting sighting) {
        sightings
                .computeIfAbsent(sighting.place().life(), _ -> new ArrayList<>())
                .add(sighting);
    }

    String path() {
        return path;
    }

    Set<String> lives() {
        return sightings.keySet();
    }

    List<Sighting> sightings(String life) {
        return sightings.getOrDefault(life, List.of());
    }

    List<Create> creates() {
        return Collections.unmodifiableList(creates);
    }

    List<Append> appends() {
        return Collections.unmodifiableList(appends);
    }

    List<Event.Close> closes() {
        return Collections.unmodifiableList(closes);
    }

    List<Delete> deletes() {
        return Collections.unmodifiableList(deletes);
    }

    List<Read> reads() {
        return Collections.unmodifiableList(reads);
    }

    List<Gone> gone() {
        return Collections.unmodifiableList(gone);
    }

    List<Event.NoAnswer> unanswered() {
        return Collections.unmodifiableList(unanswered);
    }

    /** Requests that were answered with: there is no such stream. */
    List<Asked> absences() {
        return Collections.unmodifiableList(absences);
    }

    /** The requests that carried a message. */
    List<Append> attempts(String message) {
        return byMessage.getOrDefault(message, List.of());
    }

    /** By which headers a message was sent. */
    Optional<Writer> writer(String message) {
        return attempts(message).stream().map(Append::writer).findFirst();
    }
}
