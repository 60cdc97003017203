package io.millrace.mapping.simulation;

/** A rule of DESIGN.md that a simulated gateway breaks on purpose, so that the simulation can be seen to find it. */
enum Trap {
    /** Every rule is kept. */
    NONE,

    /** DESIGN.md 3: a retry is told that its append is there while its first send is merely in flight. */
    ANSWERS_FROM_SPECULATION,

    /** DESIGN.md 3: an operation's sender is answered when Kafka has acknowledged it, before it was judged. */
    ANSWERS_WHEN_ACKNOWLEDGED,

    /** DESIGN.md 3: an operation takes effect on whatever life of the path stands at its record. */
    INCARNATION_UNCHECKED,

    /** DESIGN.md 3: Kafka delivers a record twice, and nobody looks at the counter of the second one. */
    COUNTER_UNCHECKED,

    /** DESIGN.md 3 and 6: a refusal is given although the replay may be behind the log. */
    REFUSES_WITHOUT_BARRIER,

    /** DESIGN.md 6: a read says "this is all there is" although the replay may be behind the log. */
    READS_WITHOUT_BARRIER,

    /** DESIGN.md 6: a barrier takes the answer to a question that was sent before it arrived. */
    BARRIER_JOINS_SENT_QUESTION,

    /** DESIGN.md 6: a barrier waits for a record below the end, and the last offsets hold none. */
    BARRIER_AWAITS_LAST_RECORD,

    /** DESIGN.md 6: data below the tail is served however long ago the follower heard from Kafka. */
    SERVES_STALE_DATA,

    /** DESIGN.md 6: a follower that hears from Kafka counts as fresh although it is far behind. */
    HEARING_COUNTS_AS_FRESH,

    /** DESIGN.md 7: a gateway dates records by its own clock instead of the log's time. */
    JUDGES_BY_OWN_CLOCK,

    /** DESIGN.md 5: an offset of a former life of the path is taken for one of this life. */
    FOREIGN_TAG_ACCEPTED
}
