package io.millrace.history;

import io.millrace.history.Event.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A history of one path that a test tells event by event; each begins after the one before has ended, unless it says so. */
final class Story {

    static final String PATH = "/s";

    private static final long LENGTH_NANOS = 10;

    private final List<Event> events = new ArrayList<>();
    private final List<FinalRead> ends = new ArrayList<>();
    private final List<FinalRead> ended = new ArrayList<>();
    private String path = PATH;
    private long nanos;

    /** The offset after so many messages in a life. */
    static String offset(String life, int messages) {
        return "%016d_%s".formatted(messages, life);
    }

    /** What follows is about this path. */
    Story on(String other) {
        path = other;
        return this;
    }

    /** The next event begins so much earlier, and takes that much longer. */
    private Asked asked(int earlier) {
        long start = nanos - earlier * LENGTH_NANOS * 2;
        nanos += LENGTH_NANOS;
        Asked asked = new Asked("client", "gateway", path, new Span(start, nanos));
        nanos += LENGTH_NANOS;
        return asked;
    }

    private Story tell(Event event) {
        events.add(event);
        return this;
    }

    private static Outcome done(String next, boolean isNew, boolean isClosed) {
        return new Outcome.Acknowledged(new Place(next, true, isClosed), isNew);
    }

    Story created(String life) {
        return tell(new Event.Create(asked(0), done(offset(life, 0), true, false)));
    }

    Story create(Outcome outcome) {
        return tell(new Event.Create(asked(0), outcome));
    }

    Story deleted() {
        return delete(new Outcome.Deleted());
    }

    Story delete(Outcome outcome) {
        return tell(new Event.Delete(asked(0), outcome));
    }

    /** A new append, after which the life has so many messages. */
    Story appended(String message, Writer writer, String life, int messages) {
        return append(message, writer, done(offset(life, messages), true, false));
    }

    Story appended(String message, String life, int messages) {
        return appended(message, new Writer.Plain(), life, messages);
    }

    /** A producer's append that was there already. */
    Story repeated(String message, Writer writer, String life, int messages) {
        return append(message, writer, done(offset(life, messages), false, false));
    }

    Story append(String message, Writer writer, Outcome outcome) {
        return appendBegunEarlier(0, message, writer, outcome);
    }

    /** An append that was sent before the last so many events. */
    Story appendBegunEarlier(int events, String message, Writer writer, Outcome outcome) {
        return tell(new Event.Append(asked(events), message, writer, false, outcome));
    }

    Story refused(String message, Writer writer, Refusal refusal) {
        return append(message, writer, new Outcome.Refused(refusal));
    }

    Story closed(String life, int messages) {
        return tell(new Event.Close(asked(0), done(offset(life, messages), true, true)));
    }

    /** A catch-up read of all that is beyond {@code from}. */
    Story read(String from, List<String> messages, String next) {
        return read(from, messages, new Place(next, true, false));
    }

    Story read(String from, List<String> messages, Place place) {
        return tell(new Event.Read(asked(0), Mode.CATCH_UP, from, messages, place));
    }

    Story readBegunEarlier(int events, String from, List<String> messages, String next) {
        return tell(new Event.Read(asked(events), Mode.CATCH_UP, from, messages, new Place(next, true, false)));
    }

    Story head(String next, boolean isClosed) {
        return tell(new Event.Head(asked(0), new Place(next, true, isClosed)));
    }

    Story absent() {
        return tell(new Event.Absent(asked(0)));
    }

    Story absentBegunEarlier(int events) {
        return tell(new Event.Absent(asked(events)));
    }

    Story gone(String from) {
        return tell(new Event.Gone(asked(0), from));
    }

    Story unanswered(String what) {
        return tell(new Event.NoAnswer(asked(0), what));
    }

    /** The next begins so much later. */
    Story later(Duration duration) {
        nanos += duration.toNanos();
        return this;
    }

    /** What a gateway serves in the end. */
    Story end(String gateway, String life, String... messages) {
        return end(gateway, false, life, messages);
    }

    Story end(String gateway, boolean isClosed, String life, String... messages) {
        ends.add(new FinalRead(
                gateway,
                path,
                Optional.of(new FinalRead.Stream(List.of(messages), offset(life, messages.length), isClosed))));
        return this;
    }

    /** What an earlier life held. */
    Story ended(String life, String... messages) {
        ended.add(new FinalRead(
                "log",
                path,
                Optional.of(new FinalRead.Stream(List.of(messages), offset(life, messages.length), false))));
        return this;
    }

    Story endWithout(String gateway) {
        ends.add(new FinalRead(gateway, path, Optional.empty()));
        return this;
    }

    List<Violation> check() {
        return HistoryChecker.check(events, ends, ended, Duration.ofSeconds(3));
    }
}
