package io.millrace.history;

import io.millrace.history.Event.Delete;
import io.millrace.history.PathHistory.Kind;
import io.millrace.history.PathHistory.Sighting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the answers about the presence of one path's streams fit one story.
 *
 * <p>A life of a path is one stretch of time. The end of the first answer that shows it is after its beginning; the end
 * of a DELETE or of a 404 that was asked for after that is after its end; what is asked for after that must not show it.
 */
final class LivesCheck {

    private final PathHistory history;
    private final long delayNanos;
    private final List<Violation> violations;

    /** {@code delay} is how long data below a tail may be served after the end of their stream. */
    LivesCheck(PathHistory history, Duration delay, List<Violation> violations) {
        this.history = history;
        this.delayNanos = delay.toNanos();
        this.violations = violations;
    }

    void check() {
        for (String life : history.lives()) {
            checkBirth(life);
            checkAbsences(life);
            firstEnd(life).ifPresent(end -> checkEnd(life, end));
        }
        checkOverlaps();
        checkBirths();
        checkMixtures();
    }

    /** When a life has certainly begun. */
    private long begunNanos(String life) {
        return history.sightings(life).stream()
                .mapToLong(sighting -> sighting.asked().span().endNanos())
                .min()
                .orElseThrow();
    }

    /** Until when a life certainly lasts. */
    private long lastedNanos(String life) {
        return history.sightings(life).stream()
                .filter(Sighting::isStrong)
                .mapToLong(sighting -> sighting.asked().span().startNanos())
                .max()
                .orElse(Long.MIN_VALUE);
    }

    private void checkBirth(String life) {
        List<Asked> births = births(life).toList();
        if (births.size() > 1) {
            birth(life, "two requests were told to have created it: " + births);
        }
        for (Asked birth : births) {
            for (Sighting sighting : history.sightings(life)) {
                if (sighting.asked().span().isBefore(birth.span())) {
                    birth(life, sighting.asked() + " saw it before " + birth + " created it");
                    return;
                }
            }
        }
    }

    /** Lives that no acknowledged PUT began, against PUTs whose outcome is unknown. */
    private void checkBirths() {
        List<String> unborn = history.lives().stream()
                .filter(life -> births(life).findAny().isEmpty())
                .toList();
        long unknown = history.creates().stream()
                .filter(create -> create.outcome() instanceof Outcome.Unknown)
                .count();
        if (unborn.size() > unknown) {
            birth(
                    unborn.getLast(),
                    "%d lives %s, and %d requests that may have created one".formatted(unborn.size(), unborn, unknown));
        }
    }

    private Stream<Asked> births(String life) {
        return history.sightings(life).stream()
                .filter(sighting -> sighting.kind() == Kind.BEGAN)
                .map(Sighting::asked);
    }

    private void birth(String life, String why) {
        violations.add(new Violation.WrongBirth(history.path(), life, why));
    }

    private void checkAbsences(String life) {
        long begunNanos = begunNanos(life);
        long bornNanos =
                births(life).mapToLong(birth -> birth.span().startNanos()).min().orElse(Long.MIN_VALUE);
        for (Asked absence : absences(life).toList()) {
            if (begunNanos <= absence.span().startNanos() && !mayBeDeleted(bornNanos, absence.span())) {
                violations.add(new Violation.Forgotten(
                        history.path(), life, absence, "it was there before, and nobody had deleted it"));
            }
        }
    }

    private boolean mayBeDeleted(long bornNanos, Span before) {
        return history.deletes().stream()
                .filter(delete -> delete.outcome().mayHold())
                .anyMatch(delete -> delete.asked().span().startNanos() < before.endNanos()
                        && (delete.outcome() instanceof Outcome.Unknown
                                || delete.asked().span().endNanos() > bornNanos));
    }

    /** Requests whose answers say that a life was not there: that there is none, that it is over, or that another began. */
    private Stream<Asked> absences(String life) {
        Stream<Asked> over = history.gone().stream()
                .filter(gone -> Place.lifeOf(gone.from()).equals(life))
                .map(Event.Gone::asked);
        Stream<Asked> others =
                history.lives().stream().filter(other -> !other.equals(life)).flatMap(this::births);
        return Stream.of(history.absences().stream(), over, others).flatMap(all -> all);
    }

    /** The request whose answer is the first one after the end of a life. */
    private Optional<Asked> firstEnd(String life) {
        long begunNanos = begunNanos(life);
        Stream<Asked> deleted = history.deletes().stream()
                .filter(delete -> delete.outcome() instanceof Outcome.Deleted)
                .map(Delete::asked);
        return Stream.concat(deleted, absences(life))
                .filter(asked -> begunNanos <= asked.span().startNanos())
                .min(Comparator.comparingLong(asked -> asked.span().endNanos()));
    }

    private void checkEnd(String life, Asked end) {
        for (Sighting sighting : history.sightings(life)) {
            long atMostNanos = end.span().endNanos() + (sighting.isStrong() ? 0 : delayNanos);
            if (sighting.asked().span().startNanos() > atMostNanos) {
                violations.add(new Violation.Undead(history.path(), life, end, sighting.asked()));
            }
        }
    }

    private void checkOverlaps() {
        List<String> lives = new ArrayList<>(history.lives());
        for (int i = 0; i < lives.size(); i++) {
            for (int j = 0; j < i; j++) {
                String one = lives.get(j);
                String other = lives.get(i);
                if (Math.max(begunNanos(one), begunNanos(other)) < Math.min(lastedNanos(one), lastedNanos(other))) {
                    violations.add(new Violation.LivesOverlap(history.path(), one, other));
                }
            }
        }
    }

    private void checkMixtures() {
        for (Event.Read read : history.reads()) {
            boolean isOffset = read.from().indexOf('_') >= 0;
            if (isOffset && !Place.lifeOf(read.from()).equals(read.place().life())) {
                violations.add(new Violation.LivesMixed(
                        history.path(), read.asked(), read.from(), read.place().next()));
            }
        }
    }
}
