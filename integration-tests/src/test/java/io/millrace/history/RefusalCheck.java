package io.millrace.history;

import io.millrace.history.Event.Append;
import io.millrace.history.Writer.Producer;
import io.millrace.history.Writer.Sequenced;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the refusals that one path's requests met had a reason. */
final class RefusalCheck {

    private final PathHistory history;
    private final List<Violation> violations;

    RefusalCheck(PathHistory history, List<Violation> violations) {
        this.history = history;
        this.violations = violations;
    }

    void check() {
        history.creates().forEach(create -> check(create.asked(), create.outcome(), Optional.empty()));
        history.appends().forEach(append -> check(append.asked(), append.outcome(), Optional.of(append.writer())));
        history.closes().forEach(close -> check(close.asked(), close.outcome(), Optional.empty()));
        history.deletes().forEach(delete -> check(delete.asked(), delete.outcome(), Optional.empty()));
        history.unanswered()
                .forEach(none -> check(
                        none.asked(), new Outcome.Refused(new Refusal.Unexpected(none.what())), Optional.empty()));
    }

    private void check(Asked asked, Outcome outcome, Optional<Writer> writer) {
        if (outcome instanceof Outcome.Refused(Refusal refusal)) {
            String why = wrong(asked, refusal, writer);
            if (!why.isEmpty()) {
                violations.add(new Violation.WrongRefusal(history.path(), asked, refusal, why));
            }
        }
    }

    /** Why a refusal has no reason; empty if it has. */
    private String wrong(Asked asked, Refusal refusal, Optional<Writer> writer) {
        return switch (refusal) {
            case Refusal.Absent _, Refusal.Unavailable _ -> "";
            case Refusal.Closed _ -> closings(asked.span()).findAny().isPresent() ? "" : "nobody had closed it";
            case Refusal.Unexpected(String answer) -> "there is no reason for " + answer;
            case Refusal.EpochNotOpened _ ->
                writer.orElse(new Writer.Plain()) instanceof Producer producer && producer.seq() > 0
                        ? ""
                        : "it was no later append of a producer";
            case Refusal.Regression _ ->
                writer.orElse(new Writer.Plain()) instanceof Sequenced sequenced
                        ? wrongRegression(asked, sequenced)
                        : "it had no Stream-Seq";
            case Refusal.Fenced(long epoch) ->
                writer.orElse(new Writer.Plain()) instanceof Producer producer
                        ? wrongFence(asked, producer, epoch)
                        : "it had no producer";
            case Refusal.Gap gap ->
                writer.orElse(new Writer.Plain()) instanceof Producer producer
                        ? wrongGap(asked, producer, gap)
                        : "it had no producer";
        };
    }

    private Stream<Asked> closings(Span before) {
        return Stream.concat(
                        history.closes().stream()
                                .filter(close -> close.outcome().mayHold())
                                .map(Event.Close::asked),
                        history.appends().stream()
                                .filter(append ->
                                        append.closes() && append.outcome().mayHold())
                                .map(Append::asked))
                .filter(closing -> closing.span().startNanos() < before.endNanos());
    }

    private String wrongRegression(Asked asked, Sequenced sequenced) {
        boolean isBehind = history.appends().stream()
                .filter(append ->
                        !append.asked().equals(asked) && append.outcome().mayHold())
                .filter(append ->
                        append.asked().span().startNanos() < asked.span().endNanos())
                .anyMatch(append -> append.writer() instanceof Sequenced(String other)
                        && other.compareTo(sequenced.streamSeq()) >= 0);
        return isBehind ? "" : "no append had a Stream-Seq as high as " + sequenced.streamSeq();
    }

    private String wrongFence(Asked asked, Producer producer, long epoch) {
        boolean isFenced = appendsOf(producer.id())
                .filter(append -> append.outcome().mayHold())
                .filter(append ->
                        append.asked().span().startNanos() < asked.span().endNanos())
                .anyMatch(append -> append.writer() instanceof Producer other && other.epoch() == epoch);
        return epoch <= producer.epoch() || !isFenced ? "no append had epoch " + epoch : "";
    }

    /** Where the path has had one life only: with a second one a producer's sequence begins again. */
    private String wrongGap(Asked asked, Producer producer, Refusal.Gap gap) {
        if (gap.received() != producer.seq() || gap.expected() >= producer.seq()) {
            return "it had sequence " + producer.seq();
        }
        if (history.deletes().stream().anyMatch(delete -> delete.outcome().mayHold())) {
            return "";
        }
        long known = appendsOf(producer.id())
                .filter(append -> append.outcome() instanceof Outcome.Acknowledged)
                .filter(append -> append.asked().span().isBefore(asked.span()))
                .map(append -> (Producer) append.writer())
                .filter(other -> other.epoch() == producer.epoch())
                .mapToLong(Producer::seq)
                .max()
                .orElse(-1);
        return gap.expected() <= known ? "sequence " + known + " had been acknowledged" : "";
    }

    private Stream<Append> appendsOf(String producer) {
        return history.appends().stream()
                .filter(append ->
                        append.writer() instanceof Producer other && other.id().equals(producer));
    }
}
