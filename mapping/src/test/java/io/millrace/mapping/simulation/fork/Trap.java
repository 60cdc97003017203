package io.millrace.mapping.simulation.fork;

/** A fault that is planted in the world of a seed; the simulation must find it. */
enum Trap {
    NONE,

    /** docs/adr/0001, "Order of work": a reference without a fork is dropped although its create may be on its way. */
    UNREFERENCES_WITHOUT_CANCEL,

    /** docs/adr/0001, "Order of work": the fork is created before its source keeps anything for it. */
    CREATES_BEFORE_REFERENCE,

    /** DESIGN.md 10: that a reference was cancelled is not remembered. */
    CANCELLED_NOT_REMEMBERED,

    /** docs/adr/0001: a cancelled reference is forgotten after an hour, and a create with it does not come too late. */
    REFERENCE_AGE_UNCHECKED,

    /** docs/adr/0001, partition rule 10: a dedicated partition is reset although it remembers cancelled references. */
    RESET_FORGETS_CANCELLED,

    /** A reference is released although its create may have been accepted, or may be yet. */
    RELEASES_UNDECIDED,

    /** A fork's reference is released when its end is asked for, not when it has ended. */
    RELEASES_BEFORE_END,

    /** DESIGN.md 10: a source is gone with its delete although forks inherit from it. */
    SOURCE_DROPPED,

    /** Nobody looks after references that were left behind. */
    NOTHING_COLLECTED,

    /** A fork's target is looked at on a replay that may be behind the log. */
    TARGET_WITHOUT_BARRIER,

    /** A fork's source is looked at on a replay that may be behind the log. */
    SOURCE_WITHOUT_BARRIER,

    /** A fork is read on a replay of its source's partition that has not come to where the fork begins. */
    INHERITED_WITHOUT_BARRIER,

    /** A fork's data is called gone on a replay that may not know that the fork has ended, and something else stands. */
    GONE_WITHOUT_BARRIER,

    /** A fork is made from where its source ends by now, whatever offset was asked for. */
    FORKED_AT_TAIL,

    /** Whoever loses a race for the fork's path is told that the fork is what was asked for. */
    LOSER_TOLD_CREATED
}
