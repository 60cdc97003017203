package io.millrace.mapping.json;

import java.util.Random;

/** Well-formed JSON texts with all liberties that the grammar takes. */
final class RandomJson {

    private static final String[] SCALARS = {
        "0",
        "-0",
        "1.0",
        "-12.50e+07",
        "1e400",
        "9007199254740993",
        "true",
        "false",
        "null",
        "\"\"",
        "\"a\"",
        "\"]\"",
        "\"}\"",
        "\",\"",
        "\"\\\\\"",
        "\"\\\"\"",
        "\"\\u00e9\"",
        "\"é€😀\"",
        "\" \""
    };

    private RandomJson() {}

    static String value(Random random, int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(4);
        if (kind < 2) {
            return SCALARS[random.nextInt(SCALARS.length)];
        }
        StringBuilder text = new StringBuilder().append(kind == 2 ? '[' : '{');
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            text.append(blank(random));
            if (kind == 3) {
                text.append("\"k")
                        .append(random.nextInt(2))
                        .append("\"")
                        .append(blank(random))
                        .append(':');
            }
            text.append(blank(random)).append(value(random, depth - 1)).append(blank(random));
            text.append(i < size - 1 ? "," : "");
        }
        return text.append(kind == 2 ? ']' : '}').toString();
    }

    static String blank(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> " ";
            case 1 -> "\n";
            case 2 -> "\r\n\t";
            default -> "";
        };
    }
}
