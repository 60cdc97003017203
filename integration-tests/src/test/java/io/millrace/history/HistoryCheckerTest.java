package io.millrace.history;

import static io.millrace.history.Event.BEGINNING;
import static io.millrace.history.Event.NOW;
import static io.millrace.history.Story.offset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.history.Outcome.Unknown;
import io.millrace.history.Violation.AfterClose;
import io.millrace.history.Violation.Duplicated;
import io.millrace.history.Violation.Forgotten;
import io.millrace.history.Violation.GatewaysDisagree;
import io.millrace.history.Violation.Hole;
import io.millrace.history.Violation.Invented;
import io.millrace.history.Violation.LivesMixed;
import io.millrace.history.Violation.LivesOverlap;
import io.millrace.history.Violation.Lost;
import io.millrace.history.Violation.NoSlice;
import io.millrace.history.Violation.OffsetsDisagree;
import io.millrace.history.Violation.RefusedButStored;
import io.millrace.history.Violation.Reordered;
import io.millrace.history.Violation.Stale;
import io.millrace.history.Violation.Undead;
import io.millrace.history.Violation.WrongBirth;
import io.millrace.history.Violation.WrongRefusal;
import io.millrace.history.Writer.Plain;
import io.millrace.history.Writer.Producer;
import io.millrace.history.Writer.Sequenced;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker finds every fault that is planted, and nothing where there is none. */
class HistoryCheckerTest {

    private static final Plain PLAIN = new Plain();
    private static final Refusal ABSENT = new Refusal.Absent();
    private static final Duration LONG = Duration.ofSeconds(10);

    private static Producer p(long epoch, long seq) {
        return new Producer("p", epoch, seq);
    }

    private static Sequenced s(String streamSeq) {
        return new Sequenced(streamSeq);
    }

    private static Place part(String next) {
        return new Place(next, false, false);
    }

    private static Place closed(String next) {
        return new Place(next, true, true);
    }

    /** A stream of two messages, both acknowledged. */
    private static Story two() {
        return new Story().created("A").appended("a", "A", 1).appended("b", "A", 2);
    }

    /** A stream that was created, written, deleted and created again. */
    private static Story twoLives() {
        return new Story()
                .created("A")
                .appended("a", "A", 1)
                .deleted()
                .created("B")
                .appended("b", "B", 1);
    }

    static Stream<Arguments> planted() {
        return Stream.of(
                argumentSet(
                        "acknowledged message is not there",
                        Lost.class,
                        two().end("g", "A", "a", "c").append("c", PLAIN, new Unknown())),
                argumentSet("last acknowledged message is not there", Lost.class, two().end("g", "A", "a")),
                argumentSet(
                        "acknowledged as a duplicate and not there",
                        Lost.class,
                        two().repeated("c", p(0, 0), "A", 2).end("g", "A", "a", "b")),
                argumentSet(
                        "message of an earlier life was not read",
                        Lost.class,
                        two().appended("c", "A", 3)
                                .read(BEGINNING, List.of("a", "c"), offset("A", 3))
                                .deleted()),
                argumentSet(
                        "acknowledged message of an earlier life is not there",
                        Lost.class,
                        two().deleted().ended("A", "a")),
                argumentSet("message is there twice", Duplicated.class, two().end("g", "A", "a", "b", "a")),
                argumentSet(
                        "message of an earlier life was read twice",
                        Duplicated.class,
                        two().read(BEGINNING, List.of("a", "b", "b"), offset("A", 3))
                                .deleted()),
                argumentSet(
                        "acknowledged in one order and stored in the other",
                        OffsetsDisagree.class,
                        two().end("g", "A", "b", "a")),
                argumentSet(
                        "acknowledged with a lower offset than an earlier append",
                        Reordered.class,
                        new Story().created("A").appended("a", "A", 2).appended("b", "A", 1)),
                argumentSet(
                        "producer's messages in the wrong order",
                        Reordered.class,
                        new Story()
                                .created("A")
                                .append("a", p(0, 0), new Unknown())
                                .append("b", p(0, 1), new Unknown())
                                .end("g", "A", "b", "a")),
                argumentSet(
                        "producer's old epoch after the new one",
                        Reordered.class,
                        new Story()
                                .created("A")
                                .append("a", p(0, 0), new Unknown())
                                .append("b", p(1, 0), new Unknown())
                                .end("g", "A", "b", "a")),
                argumentSet(
                        "producer's message without the one before",
                        Hole.class,
                        new Story()
                                .created("A")
                                .append("a", p(0, 0), new Unknown())
                                .append("b", p(0, 1), new Unknown())
                                .end("g", "A", "b")),
                argumentSet(
                        "Stream-Seqs in the wrong order",
                        Reordered.class,
                        new Story()
                                .created("A")
                                .append("a", s("1"), new Unknown())
                                .append("b", s("2"), new Unknown())
                                .end("g", "A", "b", "a")),
                argumentSet(
                        "same Stream-Seq twice",
                        Reordered.class,
                        new Story()
                                .created("A")
                                .append("a", s("1"), new Unknown())
                                .append("b", s("1"), new Unknown())
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "refused for sure and stored",
                        RefusedButStored.class,
                        two().refused("c", PLAIN, new Refusal.Unavailable()).end("g", "A", "a", "b", "c")),
                argumentSet("nobody sent it", Invented.class, two().end("g", "A", "a", "b", "c")),
                argumentSet(
                        "sent to another stream",
                        Invented.class,
                        two().on("/other")
                                .created("B")
                                .append("c", PLAIN, new Unknown())
                                .on(Story.PATH)
                                .end("g", "A", "a", "b", "c")),
                argumentSet(
                        "read leaves a message out",
                        NoSlice.class,
                        two().appended("c", "A", 3)
                                .read(BEGINNING, List.of("a", "c"), part(offset("A", 3)))
                                .end("g", "A", "a", "b", "c")),
                argumentSet(
                        "read repeats what is below its offset",
                        NoSlice.class,
                        two().read(offset("A", 1), List.of("a", "b"), offset("A", 2))
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "read shows what is not in the stream",
                        NoSlice.class,
                        two().read(BEGINNING, List.of("a", "b", "c"), offset("A", 3))
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "read from now shows what is not in the stream",
                        NoSlice.class,
                        two().read(NOW, List.of("x"), offset("A", 3)).end("g", "A", "a", "b")),
                argumentSet(
                        "two reads of an earlier life differ",
                        NoSlice.class,
                        two().read(BEGINNING, List.of("a", "b"), offset("A", 2))
                                .read(BEGINNING, List.of("b", "a"), offset("A", 2))
                                .deleted()),
                argumentSet(
                        "offset is followed by other messages than before",
                        OffsetsDisagree.class,
                        two().read(BEGINNING, List.of("a"), part(offset("A", 2)))
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "one place has two offsets",
                        OffsetsDisagree.class,
                        two().read(BEGINNING, List.of("a", "b"), offset("A", 3)).end("g", "A", "a", "b")),
                argumentSet(
                        "offsets are not in the order of places",
                        OffsetsDisagree.class,
                        new Story()
                                .created("A")
                                .append("a", PLAIN, new Unknown())
                                .append("b", PLAIN, new Unknown())
                                .read(BEGINNING, List.of("a"), part(offset("A", 9)))
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "up to date without the acknowledged",
                        Stale.class,
                        two().read(BEGINNING, List.of("a"), offset("A", 1)).end("g", "A", "a", "b")),
                argumentSet(
                        "up to date without what was read before",
                        Stale.class,
                        new Story()
                                .created("A")
                                .append("a", PLAIN, new Unknown())
                                .read(BEGINNING, List.of("a"), part(offset("A", 1)))
                                .read(BEGINNING, List.of(), offset("A", 0))
                                .end("g", "A", "a")),
                argumentSet(
                        "HEAD without the acknowledged",
                        Stale.class,
                        two().head(offset("A", 1), false).end("g", "A", "a", "b")),
                argumentSet(
                        "now is behind the acknowledged",
                        Stale.class,
                        two().read(NOW, List.of(), offset("A", 1)).end("g", "A", "a", "b")),
                argumentSet(
                        "append after the close",
                        AfterClose.class,
                        two().closed("A", 2).appended("c", "A", 3).end("g", true, "A", "a", "b", "c")),
                argumentSet(
                        "read goes beyond the close",
                        AfterClose.class,
                        two().append("c", PLAIN, new Unknown())
                                .closed("A", 2)
                                .read(BEGINNING, List.of("a", "b", "c"), closed(offset("A", 3)))
                                .end("g", true, "A", "a", "b", "c")),
                argumentSet(
                        "closed stream is open again",
                        Stale.class,
                        two().closed("A", 2).head(offset("A", 2), false).end("g", true, "A", "a", "b")),
                argumentSet(
                        "404 for a stream that nobody deleted",
                        Forgotten.class,
                        two().absent().end("g", "A", "a", "b")),
                argumentSet(
                        "append gets 404 from a stream that nobody deleted",
                        Forgotten.class,
                        two().refused("c", PLAIN, ABSENT).end("g", "A", "a", "b")),
                argumentSet(
                        "410 for a stream that nobody deleted",
                        Forgotten.class,
                        two().gone(offset("A", 1)).end("g", "A", "a", "b")),
                argumentSet(
                        "404 before the delete was sent",
                        Forgotten.class,
                        two().absent().deleted()),
                argumentSet(
                        "404 after the stream was created again",
                        Forgotten.class,
                        twoLives().absent().end("g", "B", "b")),
                argumentSet(
                        "created again although nobody deleted it",
                        Forgotten.class,
                        two().created("B").end("g", "B")),
                argumentSet(
                        "served after the delete",
                        Undead.class,
                        two().deleted().read(BEGINNING, List.of("a", "b"), offset("A", 2))),
                argumentSet(
                        "old data long after the delete",
                        Undead.class,
                        two().deleted().later(LONG).read(BEGINNING, List.of("a"), part(offset("A", 1)))),
                argumentSet(
                        "append to the earlier life",
                        Undead.class,
                        twoLives().appended("c", "A", 2).end("g", "B", "b")),
                argumentSet(
                        "served after a 404, with a delete under way",
                        Undead.class,
                        two().delete(new Unknown()).absent().head(offset("A", 2), false)),
                argumentSet(
                        "served after a 410 for its offset",
                        Undead.class,
                        two().delete(new Unknown()).gone(offset("A", 1)).head(offset("A", 2), false)),
                argumentSet(
                        "offset of the earlier life leads into the later one",
                        LivesMixed.class,
                        twoLives()
                                .read(offset("A", 0), List.of("b"), offset("B", 1))
                                .end("g", "B", "b")),
                argumentSet(
                        "two lives at a time",
                        LivesOverlap.class,
                        two().create(new Unknown())
                                .delete(new Unknown())
                                .head(offset("B", 0), false)
                                .head(offset("A", 2), false)
                                .head(offset("B", 0), false)),
                argumentSet(
                        "created twice", WrongBirth.class, two().created("A").end("g", "A", "a", "b")),
                argumentSet(
                        "seen before it was created",
                        WrongBirth.class,
                        new Story().head(offset("A", 0), false).created("A").end("g", "A")),
                argumentSet("created by nobody", WrongBirth.class, new Story().head(offset("A", 0), false)),
                argumentSet(
                        "refused as closed, and nobody had closed it",
                        WrongRefusal.class,
                        two().refused("c", PLAIN, new Refusal.Closed()).end("g", "A", "a", "b")),
                argumentSet(
                        "gap where there is none",
                        WrongRefusal.class,
                        two().appended("c", p(0, 0), "A", 3)
                                .refused("d", p(0, 1), new Refusal.Gap(0, 1))
                                .end("g", "A", "a", "b", "c")),
                argumentSet(
                        "gap of another sequence",
                        WrongRefusal.class,
                        two().refused("d", p(0, 1), new Refusal.Gap(0, 2)).end("g", "A", "a", "b")),
                argumentSet(
                        "fenced by an epoch that nobody had",
                        WrongRefusal.class,
                        two().refused("d", p(0, 0), new Refusal.Fenced(1)).end("g", "A", "a", "b")),
                argumentSet(
                        "fenced by its own epoch",
                        WrongRefusal.class,
                        two().appended("c", p(0, 0), "A", 3)
                                .refused("d", p(0, 1), new Refusal.Fenced(0))
                                .end("g", "A", "a", "b", "c")),
                argumentSet(
                        "epoch not opened, with sequence 0",
                        WrongRefusal.class,
                        two().refused("d", p(0, 0), new Refusal.EpochNotOpened())
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "regression without a higher Stream-Seq",
                        WrongRefusal.class,
                        two().refused("d", s("1"), new Refusal.Regression()).end("g", "A", "a", "b")),
                argumentSet(
                        "an answer without a reason",
                        WrongRefusal.class,
                        two().refused("d", PLAIN, new Refusal.Unexpected("400")).end("g", "A", "a", "b")),
                argumentSet(
                        "a read that was refused without a reason",
                        WrongRefusal.class,
                        two().unanswered("400").end("g", "A", "a", "b")),
                argumentSet(
                        "gateways serve different messages",
                        GatewaysDisagree.class,
                        two().end("g", "A", "a", "b").end("h", "A", "a")),
                argumentSet(
                        "only one gateway knows of the close",
                        GatewaysDisagree.class,
                        two().closed("A", 2).end("g", true, "A", "a", "b").end("h", "A", "a", "b")),
                argumentSet(
                        "only one gateway has the stream",
                        GatewaysDisagree.class,
                        two().end("g", "A", "a", "b").endWithout("h")));
    }

    @ParameterizedTest(name = "{argumentSetName}")
    @MethodSource
    void planted(Class<? extends Violation> kind, Story story) {
        assertThat(story.check()).hasAtLeastOneElementOfType(kind);
    }

    static Stream<Arguments> sound() {
        return Stream.of(
                argumentSet("two messages", two().end("g", "A", "a", "b").end("h", "A", "a", "b")),
                argumentSet(
                        "reads of every part",
                        two().read(BEGINNING, List.of("a", "b"), offset("A", 2))
                                .read(BEGINNING, List.of("a"), part(offset("A", 1)))
                                .read(offset("A", 1), List.of("b"), offset("A", 2))
                                .read(offset("A", 2), List.of(), offset("A", 2))
                                .read(NOW, List.of(), offset("A", 2))
                                .end("g", "A", "a", "b")),
                argumentSet(
                        "unknown appends, of which one is there",
                        two().append("c", PLAIN, new Unknown())
                                .append("d", PLAIN, new Unknown())
                                .end("g", "A", "a", "b", "d")),
                argumentSet(
                        "unknown append that is there much later",
                        two().append("c", PLAIN, new Unknown())
                                .read(BEGINNING, List.of("a", "b"), offset("A", 2))
                                .later(LONG)
                                .read(BEGINNING, List.of("a", "b", "c"), offset("A", 3))
                                .end("g", "A", "a", "b", "c")),
                argumentSet(
                        "producer that tries again",
                        two().append("c", p(0, 0), new Unknown())
                                .refused("c", p(0, 0), new Refusal.Unavailable())
                                .repeated("c", p(0, 0), "A", 3)
                                .appended("d", p(0, 1), "A", 4)
                                .appended("e", p(1, 0), "A", 5)
                                .refused("f", p(0, 2), new Refusal.Fenced(1))
                                .refused("g", p(1, 2), new Refusal.Gap(1, 2))
                                .end("g", "A", "a", "b", "c", "d", "e")),
                argumentSet(
                        "Stream-Seq that tries again",
                        two().append("c", s("1"), new Unknown())
                                .refused("d", s("1"), new Refusal.Regression())
                                .appended("e", s("2"), "A", 4)
                                .end("g", "A", "a", "b", "c", "e")),
                argumentSet(
                        "read that overlaps the append that it does not show",
                        two().appended("c", "A", 3)
                                .readBegunEarlier(1, BEGINNING, List.of("a", "b"), offset("A", 2))
                                .end("g", "A", "a", "b", "c")),
                argumentSet(
                        "appends that overlap, acknowledged in the other order",
                        new Story()
                                .created("A")
                                .appended("a", "A", 2)
                                .appendBegunEarlier(
                                        1,
                                        "b",
                                        PLAIN,
                                        new Outcome.Acknowledged(new Place(offset("A", 1), true, false), true))
                                .end("g", "A", "b", "a")),
                argumentSet(
                        "closed",
                        two().closed("A", 2)
                                .closed("A", 2)
                                .refused("c", PLAIN, new Refusal.Closed())
                                .head(offset("A", 2), true)
                                .read(offset("A", 2), List.of(), closed(offset("A", 2)))
                                .read(BEGINNING, List.of("a"), part(offset("A", 1)))
                                .end("g", true, "A", "a", "b")),
                argumentSet(
                        "absent before it is created",
                        new Story().absent().created("A").end("g", "A")),
                argumentSet(
                        "absent while it is created",
                        new Story().created("A").absentBegunEarlier(1).end("g", "A")),
                argumentSet(
                        "two lives",
                        twoLives()
                                .gone(offset("A", 1))
                                .read(BEGINNING, List.of("b"), offset("B", 1))
                                .end("g", "B", "b")),
                argumentSet(
                        "absent after the delete, absent during the delete",
                        two().deleted().absentBegunEarlier(1).absent().endWithout("g")),
                argumentSet(
                        "data below the tail shortly after the delete",
                        two().deleted().read(BEGINNING, List.of("a"), part(offset("A", 1)))),
                argumentSet(
                        "unknown delete that has its effect late",
                        two().delete(new Unknown())
                                .head(offset("A", 2), false)
                                .absent()
                                .created("B")
                                .end("g", "B")),
                argumentSet(
                        "unknown create that has its effect after a delete",
                        new Story()
                                .create(new Unknown())
                                .created("A")
                                .deleted()
                                .absent()
                                .head(offset("B", 0), false)
                                .end("g", "B")),
                argumentSet(
                        "producer that begins again in the second life",
                        new Story()
                                .created("A")
                                .appended("a", p(0, 0), "A", 1)
                                .deleted()
                                .created("B")
                                .refused("b", p(0, 1), new Refusal.Gap(0, 1))
                                .appended("c", p(1, 0), "B", 1)
                                .end("g", "B", "c")),
                argumentSet(
                        "acknowledged in a life that nobody read", twoLives().end("g", "B", "b")),
                argumentSet(
                        "earlier life of which all is known",
                        twoLives().end("g", "B", "b").ended("A", "a")));
    }

    @ParameterizedTest(name = "{argumentSetName}")
    @MethodSource
    void sound(Story story) {
        assertThat(story.check()).isEmpty();
    }

    /** Whoever adds a kind of violation plants one. */
    @Test
    void everyKindOfViolationIsPlanted() {
        assertThat(planted().map(row -> row.get()[0])).contains((Object[]) Violation.class.getPermittedSubclasses());
    }
}
