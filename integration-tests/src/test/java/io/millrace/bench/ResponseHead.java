package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/**
 * Status line and header fields of an HTTP/1.1 response. Fields are looked up in the bytes as they came, because most
 * of them are of no interest to anybody; it is valid until the next response on its connection.
 */
final class ResponseHead {

    /** Before there is one. */
    static final ResponseHead NONE = new ResponseHead(new byte[0], 0);

    private final byte[] bytes;
    private final int length;

    /** The first {@code length} bytes, without the empty line at the end. */
    ResponseHead(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /** The status code. */
    int status() {
        int status = 0;
        for (int i = "HTTP/1.1 ".length(); i < "HTTP/1.1 200".length(); i++) {
            int digit = i < length ? bytes[i] - '0' : -1;
            if (digit < 0 || digit > 9) {
                throw new BenchFailure("no status line: " + this);
            }
            status = 10 * status + digit;
        }
        return status;
    }

    /** The value of the first field of this name, which is given in lower case. */
    Optional<String> field(String name) {
        for (int line = next(0); line < length; line = next(line)) {
            if (isNamed(line, name)) {
                int from = line + name.length() + 1;
                return Optional.of(new String(bytes, from, endOfLine(from) - from, ISO_8859_1).strip());
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, ISO_8859_1);
    }

    private boolean isNamed(int line, String name) {
        int end = line + name.length();
        if (end >= length || bytes[end] != ':') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            int letter = bytes[line + i];
            if ((letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where the next line begins. */
    private int next(int from) {
        return endOfLine(from) + 2;
    }

    private int endOfLine(int from) {
        int end = from;
        while (end < length && bytes[end] != '\r') {
            end++;
        }
        return end;
    }
}
