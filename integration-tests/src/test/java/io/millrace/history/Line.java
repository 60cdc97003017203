package io.millrace.history;

import io.millrace.history.Event.Append;
import io.millrace.history.Event.Read;
import io.millrace.history.PathHistory.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The messages of one life of a path in their order, and the places in it that offsets stand for.
 *
 * <p>The stream that stands at the end is known in full. Of an earlier life is known what its reads show together, from
 * its beginning on.
 */
final class Line {

    private final PathHistory history;
    private final String life;
    private final boolean isComplete;
    private final List<Violation> violations;
    private final List<String> messages = new ArrayList<>();
    private final Map<String, Integer> indexes = new HashMap<>();

    /** How many messages are below an offset. */
    private final Map<String, Integer> places = new HashMap<>();

    private final TreeMap<Integer, String> offsets = new TreeMap<>();

    Line(PathHistory history, String life, Optional<FinalRead.Stream> end, List<Violation> violations) {
        this.history = history;
        this.life = life;
        this.isComplete = end.isPresent();
        this.violations = violations;
        end.ifPresent(stream -> {
            stream.messages().forEach(this::grow);
            put(stream.tail(), messages.size());
        });
        history.sightings(life).stream()
                .filter(sighting -> sighting.kind() == Kind.BEGAN)
                .forEach(sighting -> put(sighting.place().next(), 0));
        lay();
    }

    List<String> messages() {
        return messages;
    }

    /** The place of a message; the first one if it has several. */
    OptionalInt indexOf(String message) {
        Integer index = indexes.get(message);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** Whether all messages are known that are below this offset. */
    boolean covers(String offset) {
        return isComplete
                || (!offsets.isEmpty() && offset.compareTo(offsets.lastEntry().getValue()) <= 0);
    }

    /** Puts reads and acknowledgements where they belong, each as soon as its place is known. */
    private void lay() {
        List<Read> reads = new ArrayList<>(history.reads().stream()
                .filter(read -> read.place().life().equals(life))
                .sorted(Comparator.comparing(Read::from))
                .toList());
        List<Append> appends = new ArrayList<>(history.appends().stream()
                .filter(append -> append.outcome() instanceof Outcome.Acknowledged(Place place, boolean isNew)
                        && isNew
                        && place.life().equals(life))
                .toList());
        boolean goesOn = true;
        while (goesOn) {
            goesOn = false;
            for (Iterator<Append> open = appends.iterator(); open.hasNext(); ) {
                if (lay(open.next())) {
                    open.remove();
                    goesOn = true;
                }
            }
            for (Iterator<Read> open = reads.iterator(); open.hasNext(); ) {
                if (lay(open.next())) {
                    open.remove();
                    goesOn = true;
                }
            }
        }
        if (isComplete) {
            reads.stream()
                    .filter(read -> !read.messages().isEmpty())
                    .forEach(read -> noSlice(read, "its first message is not in the stream"));
        }
        checkOrderOfOffsets();
    }

    private boolean lay(Read read) {
        OptionalInt start = start(read);
        if (start.isEmpty()) {
            return false;
        }
        int index = start.getAsInt();
        for (String message : read.messages()) {
            if (index == messages.size() && !isComplete) {
                grow(message);
            } else if (index >= messages.size()) {
                noSlice(read, "it goes beyond the end");
                return true;
            } else if (!messages.get(index).equals(message)) {
                noSlice(read, "at %d it has %s, not %s".formatted(index, message, messages.get(index)));
                return true;
            }
            index++;
        }
        put(read.place().next(), index);
        return true;
    }

    private OptionalInt start(Read read) {
        if (read.from().equals(Event.BEGINNING)) {
            return OptionalInt.of(0);
        }
        Integer known = places.get(read.from());
        if (known != null) {
            return OptionalInt.of(known);
        }
        OptionalInt first = read.messages().isEmpty()
                ? OptionalInt.empty()
                : indexOf(read.messages().getFirst());
        if (first.isPresent() && !read.from().equals(Event.NOW)) {
            put(read.from(), first.getAsInt());
        }
        return first;
    }

    private boolean lay(Append append) {
        String offset = ((Outcome.Acknowledged) append.outcome()).place().next();
        OptionalInt index = indexOf(append.message());
        if (index.isPresent()) {
            put(offset, index.getAsInt() + 1);
            return true;
        }
        Integer place = places.get(offset);
        if (place == null || isComplete) {
            return false;
        }
        if (place - 1 == messages.size()) {
            grow(append.message());
            return true;
        }
        return false;
    }

    private void grow(String message) {
        Integer first = indexes.putIfAbsent(message, messages.size());
        if (first != null) {
            violations.add(new Violation.Duplicated(history.path(), life, message, first, messages.size()));
        }
        messages.add(message);
    }

    private void put(String offset, int place) {
        Integer before = places.putIfAbsent(offset, place);
        if (before != null && before != place) {
            disagree(offset, "it stands for " + before + " messages and for " + place);
            return;
        }
        String other = offsets.putIfAbsent(place, offset);
        if (other != null && !other.equals(offset)) {
            disagree(offset, "it stands for " + place + " messages, and so does " + other);
        }
    }

    private void checkOrderOfOffsets() {
        String last = "";
        for (Map.Entry<Integer, String> entry : offsets.entrySet()) {
            if (entry.getValue().compareTo(last) <= 0) {
                disagree(entry.getValue(), "it stands for " + entry.getKey() + " messages, and is not above " + last);
            }
            last = entry.getValue();
        }
    }

    private void noSlice(Read read, String why) {
        violations.add(new Violation.NoSlice(history.path(), life, read, why));
    }

    private void disagree(String offset, String why) {
        violations.add(new Violation.OffsetsDisagree(history.path(), life, offset, why));
    }
}
