package io.millrace.history;

import io.millrace.history.Event.Append;
import io.millrace.history.Writer.Producer;
import io.millrace.history.Writer.Sequenced;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether one life of a path holds what was acknowledged, nothing that was refused, and all of it in the writers' order. */
final class ContentsCheck {

    private final PathHistory history;
    private final String life;
    private final Line line;
    private final List<Violation> violations;

    ContentsCheck(PathHistory history, String life, Line line, List<Violation> violations) {
        this.history = history;
        this.life = life;
        this.line = line;
        this.violations = violations;
    }

    void check() {
        line.messages().forEach(this::checkOrigin);
        checkProducers();
        checkStreamSeqs();
        history.appends().forEach(this::checkPresence);
    }

    private void checkOrigin(String message) {
        List<Append> attempts = history.attempts(message);
        if (attempts.isEmpty()) {
            violations.add(new Violation.Invented(history.path(), life, message));
        } else if (attempts.stream().noneMatch(attempt -> attempt.outcome().mayHold())) {
            violations.add(new Violation.RefusedButStored(history.path(), life, message));
        }
    }

    private void checkPresence(Append append) {
        if (append.outcome() instanceof Outcome.Acknowledged(Place place, boolean _)
                && place.life().equals(life)
                && line.covers(place.next())
                && line.indexOf(append.message()).isEmpty()) {
            violations.add(new Violation.Lost(history.path(), life, append.message(), append.asked()));
        }
    }

    private void checkProducers() {
        Map<String, String> lastMessages = new HashMap<>();
        Map<String, Producer> last = new HashMap<>();
        for (String message : line.messages()) {
            if (history.writer(message).orElse(new Writer.Plain()) instanceof Producer producer) {
                Producer before = last.put(producer.id(), producer);
                String beforeMessage = lastMessages.put(producer.id(), message);
                if (before != null && beforeMessage != null && !isAbove(producer, before)) {
                    violations.add(
                            new Violation.Reordered(history.path(), life, beforeMessage, message, "by its producer"));
                }
                long expected = before != null && before.epoch() == producer.epoch() ? before.seq() + 1 : 0;
                if (producer.seq() > expected) {
                    violations.add(new Violation.Hole(
                            history.path(),
                            life,
                            producer.id(),
                            "epoch " + producer.epoch() + ", sequence " + expected));
                }
            }
        }
    }

    private static boolean isAbove(Producer producer, Producer before) {
        return producer.epoch() > before.epoch()
                || (producer.epoch() == before.epoch() && producer.seq() > before.seq());
    }

    private void checkStreamSeqs() {
        String lastMessage = "";
        String last = "";
        for (String message : line.messages()) {
            if (history.writer(message).orElse(new Writer.Plain()) instanceof Sequenced(String streamSeq)) {
                if (streamSeq.compareTo(last) <= 0) {
                    violations.add(
                            new Violation.Reordered(history.path(), life, lastMessage, message, "by Stream-Seq"));
                }
                lastMessage = message;
                last = streamSeq;
            }
        }
    }
}
