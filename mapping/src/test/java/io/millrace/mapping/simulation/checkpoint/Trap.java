package io.millrace.mapping.simulation.checkpoint;

/** A fault that is planted in the world of a seed; the simulation must find it. */
enum Trap {
    NONE,

    /** docs/adr/0006, "Who slept": nobody notices that offsets were jumped over. */
    JUMP_UNNOTICED,

    /** docs/adr/0006, "Who slept": a replica that met a jump below a thin-to goes on. */
    THIN_TO_IGNORED,

    /** docs/adr/0006, "Who slept": a barrier that arrived before the jump was noticed clears the doubt. */
    CLEARED_BY_EARLIER_BARRIER,

    /** docs/adr/0006, "Who slept": a barrier that arrived before the jump was noticed passes all the same. */
    ANSWERS_IN_DOUBT,

    /** docs/adr/0006, "Who slept": a checkpoint is written by who may have missed something. */
    WRITES_IN_DOUBT,

    /** docs/adr/0006, "Which count": what a load begins with counts although the log has not accepted it. */
    UNCONFIRMED_USED,

    /** docs/adr/0006, "Thinning": a checkpoint that is older than the thin bound is good enough to begin with. */
    BEGINS_BELOW_BOUND,

    /** docs/adr/0006, "Thinning": whatever is below the bound gets a tombstone. */
    VISIBLE_REMOVED,

    /** docs/adr/0006, "Thinning": so does the second record of an operation, whose key is that of the first. */
    SECOND_LANDING_REMOVED,

    /** docs/adr/0006, "Thinning": so does the setup. */
    SETUP_REMOVED,

    /** docs/adr/0006, "Thinning": the newest checkpoint says what is dead, not the older of two. */
    THINS_TO_NEWEST,

    /** docs/adr/0006, "Thinning": nothing in the log tells of it. */
    THINS_UNANNOUNCED,

    /** docs/adr/0006, "Thinning": the log is told of it afterwards. */
    ANNOUNCED_AFTERWARDS,

    /** docs/adr/0006, "Where they are": a base of what is needed is taken for one that nobody needs. */
    BASE_TIDIED,

    /** docs/adr/0006, "Where they are": earlier ones go although the two newest are not all there. */
    TIDIED_THOUGH_INCOMPLETE,

    /** docs/adr/0006, "Where they are": a checkpoint rests on another than the newest accepted one. */
    RESTS_ON_ANOTHER,

    /** docs/adr/0006, "Where they are": it does not say what has ended. */
    ENDED_FORGOTTEN,

    /** docs/adr/0006, "Where they are": a stream without a new record is taken for one that did not change. */
    CHANGE_FORGOTTEN,

    /** docs/adr/0006, "Where they are": a path that has ended and begun anew goes on with the records of its former life. */
    LIVES_CONFUSED,

    /** docs/adr/0001, "Partition rules", 7: the order of counters is not kept. */
    COUNTERS_SHUFFLED,

    /** docs/adr/0001, "A fork's create": cancelled references are not kept. */
    CANCELLED_FORGOTTEN
}
