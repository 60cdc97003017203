package io.millrace.gateway.http2;

/**
 * Counts the fields of a header block as its bytes come, without knowing what they say (RFC 7541, 6). A field may take one
 * byte, and Helidon 4.5.0 takes memory for each as for all those before it: 7 KiB became 140 MiB.
 */
final class HeaderBlock {

    /** Longer texts than a block has room for. */
    private static final int TOO_LONG = 1 << 20;

    private static final int MOST_SHIFT = 21;

    private int fields;
    private boolean malformed;

    /** How many texts of the field that has begun are still to come. */
    private int texts;

    /** How many bytes of the current text are. */
    private int left;

    /** Whether a number goes on in the next byte, and whether it is a text's length; else it is an index. */
    private boolean inNumber;

    private boolean isLength;
    private int number;
    private int shift;

    /** More of the block. */
    void read(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !malformed) {
            if (left > 0) {
                int part = Math.min(left, to - at);
                left -= part;
                at += part;
            } else {
                read(bytes[at] & 0xff);
                at++;
            }
        }
    }

    /** It goes on in another frame, which may be empty, and counts as a field: the server keeps it. */
    void goOn() {
        fields++;
    }

    /** Whether it has more fields than that, or is none. */
    boolean isAbove(int most) {
        return malformed || fields > most;
    }

    private void read(int b) {
        if (inNumber) {
            goOn(b);
        } else if (texts > 0) {
            texts--;
            begin(b, 0x7f, true);
        } else if ((b & 0x80) != 0) { // a whole field of a table
            fields++;
            begin(b, 0x7f, false);
        } else if ((b & 0xe0) == 0x20) { // a table's new size
            begin(b, 0x1f, false);
        } else { // a value, with its name or that one's index
            int mask = (b & 0x40) != 0 ? 0x3f : 0x0f;
            fields++;
            texts = (b & mask) == 0 ? 2 : 1;
            begin(b, mask, false);
        }
    }

    /** A number begins in the bits of {@code mask} (RFC 7541, 5.1). */
    private void begin(int b, int mask, boolean lengthOfText) {
        number = b & mask;
        isLength = lengthOfText;
        shift = 0;
        inNumber = number == mask;
        if (!inNumber) {
            endNumber();
        }
    }

    private void goOn(int b) {
        if (shift > MOST_SHIFT) {
            malformed = true;
            return;
        }
        number += (b & 0x7f) << shift;
        shift += 7;
        inNumber = (b & 0x80) != 0;
        if (!inNumber) {
            endNumber();
        }
    }

    private void endNumber() {
        if (isLength) {
            left = number;
            malformed = number > TOO_LONG;
        }
    }
}
