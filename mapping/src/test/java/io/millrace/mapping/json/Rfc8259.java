package io.millrace.mapping.json;

/** The grammar of RFC 8259, rule by rule, as the tests' second opinion. */
final class Rfc8259 {

    private final String text;
    private int at;

    private Rfc8259(String text) {
        this.text = text;
    }

    static boolean isJson(String text) {
        Rfc8259 grammar = new Rfc8259(text);
        return grammar.element() && grammar.at == text.length();
    }

    private boolean element() {
        blanks();
        boolean value =
                switch (peek()) {
                    case '{' -> list('{', '}', true);
                    case '[' -> list('[', ']', false);
                    case '"' -> string();
                    case 't' -> word("true");
                    case 'f' -> word("false");
                    case 'n' -> word("null");
                    default -> number();
                };
        blanks();
        return value;
    }

    private boolean list(char open, char close, boolean named) {
        take(open);
        blanks();
        if (take(close)) {
            return true;
        }
        do {
            blanks();
            if (named && !(string() && colon())) {
                return false;
            }
            if (!element()) {
                return false;
            }
        } while (take(','));
        return take(close);
    }

    private boolean colon() {
        blanks();
        return take(':');
    }

    private boolean string() {
        if (!take('"')) {
            return false;
        }
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c < 0x20 || (c == '\\' && !escape())) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        if (at == text.length()) {
            return false;
        }
        char c = text.charAt(at++);
        if (c != 'u') {
            return "\"\\/bfnrt".indexOf(c) >= 0;
        }
        boolean hex = at + 4 <= text.length() && text.substring(at, at + 4).matches("[0-9a-fA-F]{4}");
        at += 4;
        return hex;
    }

    private boolean number() {
        take('-');
        if (!take('0') && !digits()) {
            return false;
        }
        if (take('.') && !digits()) {
            return false;
        }
        if (take('e') || take('E')) {
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            return digits();
        }
        return true;
    }

    private boolean digits() {
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        return at > from;
    }

    private boolean word(String word) {
        boolean is = text.startsWith(word, at);
        at += word.length();
        return is;
    }

    private void blanks() {
        while (" \t\n\r".indexOf(peek()) >= 0) {
            at++;
        }
    }

    private boolean take(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\uffff';
    }
}
