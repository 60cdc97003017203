package io.millrace.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds what in a history cannot be if every stream is one log that all gateways serve alike.
 *
 * <p>Pure: what happened and what stands in the end go in, violations come out.
 */
public final class HistoryChecker {

    private HistoryChecker() {}

    /**
     * All violations in {@code events}.
     *
     * @param ends the streams that stand in the end, each by everybody who serves it
     * @param ended earlier lives of paths as they were in the end; what is not among them either is known from reads only
     * @param delay how long data below the tail of a stream may be served after its end
     */
    public static List<Violation> check(
            Collection<Event> events, List<FinalRead> ends, List<FinalRead> ended, Duration delay) {
        Map<String, PathHistory> histories = new LinkedHashMap<>();
        for (Event event : events) {
            histories.computeIfAbsent(event.asked().path(), PathHistory::new).add(event);
        }
        List<Violation> violations = new ArrayList<>();
        Map<String, FinalRead> byPath = agreedOn(ends, violations);
        Map<String, List<FinalRead>> endedByPath = ended.stream().collect(Collectors.groupingBy(FinalRead::path));
        for (PathHistory history : histories.values()) {
            new LivesCheck(history, delay, violations).check();
            new RefusalCheck(history, violations).check();
            for (String life : history.lives()) {
                Optional<FinalRead.Stream> end = Stream.concat(
                                Stream.ofNullable(byPath.get(history.path())),
                                endedByPath.getOrDefault(history.path(), List.of()).stream())
                        .flatMap(read -> read.stream().stream())
                        .filter(stream -> stream.life().equals(life))
                        .findFirst();
                Line line = new Line(history, life, end, violations);
                new ContentsCheck(history, life, line, violations).check();
                new FreshnessCheck(history, life, violations).check();
            }
        }
        return violations;
    }

    private static Map<String, FinalRead> agreedOn(List<FinalRead> ends, List<Violation> violations) {
        Map<String, FinalRead> byPath = new LinkedHashMap<>();
        for (FinalRead end : ends) {
            FinalRead first = byPath.putIfAbsent(end.path(), end);
            if (first != null && !first.stream().equals(end.stream())) {
                violations.add(new Violation.GatewaysDisagree(
                        end.path(), first.gateway(), end.gateway(), difference(first, end)));
            }
        }
        return byPath;
    }

    private static String difference(FinalRead one, FinalRead other) {
        if (one.stream().isEmpty() || other.stream().isEmpty()) {
            return "only one has it";
        }
        FinalRead.Stream first = one.stream().get();
        FinalRead.Stream second = other.stream().get();
        if (!first.messages().equals(second.messages())) {
            int same = 0;
            while (same < Math.min(first.messages().size(), second.messages().size())
                    && first.messages().get(same).equals(second.messages().get(same))) {
                same++;
            }
            return "%d messages and %d messages, of which the first %d are the same"
                    .formatted(first.messages().size(), second.messages().size(), same);
        }
        return "%s, closed %b, and %s, closed %b"
                .formatted(first.tail(), first.isClosed(), second.tail(), second.isClosed());
    }
}
