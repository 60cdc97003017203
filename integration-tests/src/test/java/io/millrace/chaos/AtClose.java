package io.millrace.chaos;

/** What a client does when it learns that its stream is closed. */
enum AtClose {

    /** It is done. */
    LEAVE,

    /** It waits for the path's next life. */
    STAY
}
