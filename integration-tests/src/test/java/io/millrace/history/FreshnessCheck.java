package io.millrace.history;

import io.millrace.history.PathHistory.Kind;
import io.millrace.history.PathHistory.Sighting;
import java.util.Comparator;
import java.util.List;

/**
 * Whether each answer about one life of a path holds what was known before it was asked for: what says to be all goes at
 * least as far, a new append goes farther, and what is closed stays so.
 */
final class FreshnessCheck {

    private final PathHistory history;
    private final String life;
    private final List<Violation> violations;

    FreshnessCheck(PathHistory history, String life, List<Violation> violations) {
        this.history = history;
        this.life = life;
        this.violations = violations;
    }

    void check() {
        checkTails();
        history.sightings(life).stream()
                .filter(sighting -> sighting.place().isClosed())
                .min(Comparator.comparingLong(
                        sighting -> sighting.asked().span().endNanos()))
                .ifPresent(this::checkClosed);
    }

    private void checkTails() {
        List<Sighting> byStart = history.sightings(life).stream()
                .filter(Sighting::isStrong)
                .sorted(Comparator.comparingLong(
                        sighting -> sighting.asked().span().startNanos()))
                .toList();
        List<Sighting> byEnd = history.sightings(life).stream()
                .sorted(Comparator.comparingLong(
                        sighting -> sighting.asked().span().endNanos()))
                .toList();
        String known = "";
        int seen = 0;
        for (Sighting sighting : byStart) {
            for (;
                    seen < byEnd.size()
                            && byEnd.get(seen)
                                    .asked()
                                    .span()
                                    .isBefore(sighting.asked().span());
                    seen++) {
                String next = byEnd.get(seen).place().next();
                known = next.compareTo(known) > 0 ? next : known;
            }
            int beyond = sighting.place().next().compareTo(known);
            if (sighting.kind() == Kind.APPENDED && beyond <= 0) {
                violations.add(new Violation.Reordered(
                        history.path(),
                        life,
                        sighting.place().next(),
                        known,
                        "an append was asked for by " + sighting.asked() + " after an answer with the higher offset"));
            } else if (beyond < 0) {
                violations.add(new Violation.Stale(
                        history.path(),
                        life,
                        sighting.asked(),
                        known,
                        sighting.place().next()));
            }
        }
    }

    private void checkClosed(Sighting first) {
        String end = first.place().next();
        for (Sighting sighting : history.sightings(life)) {
            Place place = sighting.place();
            boolean isLater = first.asked().span().isBefore(sighting.asked().span());
            if (place.next().compareTo(end) > 0) {
                afterClose(sighting, "goes to " + place.next() + ", and the stream was closed at " + end);
            } else if (place.isClosed() && !place.next().equals(end)) {
                afterClose(sighting, "is closed at " + place.next() + ", and was at " + end);
            } else if (isLater && sighting.kind() == Kind.APPENDED) {
                afterClose(sighting, "was appended after " + first.asked() + " knew that the stream was closed");
            } else if (isLater && sighting.isStrong() && !place.isClosed()) {
                violations.add(new Violation.Stale(
                        history.path(), life, sighting.asked(), "closed, for " + first.asked(), "open"));
            }
        }
    }

    private void afterClose(Sighting sighting, String what) {
        violations.add(new Violation.AfterClose(history.path(), life, sighting.asked(), what));
    }
}
