package io.millrace.mapping.simulation;

/** A rule of DESIGN.md that a simulated gateway breaks on purpose, so that the simulation can be seen to find it. */
enum Trap {
    /** Every rule is kept. */
    NONE,

    /** DESIGN.md 3: a retry is told that its append is there while its first send is merely in flight. */
    ANSWERS_DUPLICATE_FROM_SPECULATION,

    /** DESIGN.md 3: a close is told that the stream is closed while the other close is merely in flight. */
    ANSWERS_CLOSED_FROM_SPECULATION,

    /** DESIGN.md 3: a create is told that the stream is there while the other create is merely in flight. */
    ANSWERS_EXISTING_FROM_SPECULATION,

    /** DESIGN.md 3: an operation's sender is answered when Kafka has acknowledged it, before it was judged. */
    ANSWERS_WHEN_ACKNOWLEDGED,

    /** DESIGN.md 3: an append that was speculated on a losing create is refused, although the winner would take it. */
    REFUSES_APPEND_OF_LOSER,

    /** DESIGN.md 3: an operation takes effect on whatever life of the path stands at its record. */
    INCARNATION_UNCHECKED,

    /** DESIGN.md 3: Kafka delivers a record twice, and nobody looks at the counter of the second one. */
    COUNTER_UNCHECKED,

    /** DESIGN.md 3: a copy of the partition that is loaded anew counts its operations from 1 again. */
    COUNTER_RESTARTED,

    /** DESIGN.md 3: what was judged is handed to Kafka a little later, so that another may overtake it. */
    HANDED_OVER_LATE,

    /** DESIGN.md 3: an acknowledged record is replayed from memory although others come before it. */
    ANY_ACKNOWLEDGEMENT_REPLAYED,

    /** DESIGN.md 3: an acknowledgement without an offset is taken for one of the offset that comes next. */
    MISSING_OFFSET_GUESSED,

    /** DESIGN.md 3: what a lost producer had in flight is speculated upon for ever. */
    LOST_KEPT_IN_FLIGHT,

    /** DESIGN.md 3: what a lost producer had in flight is sent again, although it may still come. */
    LOST_SENT_AGAIN,

    /** DESIGN.md 3: what was in flight when the copy of the partition was dropped is sent again. */
    DROPPED_SENT_AGAIN,

    /** DESIGN.md 3: what had settled, and was not answered yet, when the copy was dropped is begun anew. */
    SETTLED_BEGUN_ANEW,

    /** DESIGN.md 3: "nothing was written" is the answer to what is in flight when its time is over. */
    UNAVAILABLE_AT_DEADLINE,

    /** DESIGN.md 3: "nothing was written" is the answer to what a lost producer had in flight. */
    UNAVAILABLE_AT_LOSS,

    /** DESIGN.md 3: "nothing was written" is the answer to what is in flight when the copy is dropped. */
    UNAVAILABLE_AT_DROP,

    /** DESIGN.md 3 and 6: a refusal is given although the replay may be behind the log. */
    REFUSES_WITHOUT_BARRIER,

    /** DESIGN.md 5: an offset is called one that never was although the replay may be behind the log. */
    OFFSET_REFUSED_WITHOUT_BARRIER,

    /** DESIGN.md 5: an offset of a former life of the path is taken for one of this life. */
    FOREIGN_TAG_ACCEPTED,

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

    /** DESIGN.md 6: a live read goes on without barriers although it was not up to date yet. */
    LIVE_BEFORE_UP_TO_DATE,

    /** DESIGN.md 6: a live reader listens for changes only some time after it was told where it is. */
    CHANGE_UNHEARD,

    /** DESIGN.md 7: a gateway dates records by its own clock instead of the log's time. */
    JUDGES_BY_OWN_CLOCK
}
