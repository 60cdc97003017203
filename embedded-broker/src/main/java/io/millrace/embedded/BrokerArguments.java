package io.millrace.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@link BrokerMain} was called with.
 *
 * @param node the node to run
 * @param untilInputEnds whether the node stops when its standard input ends, as it does when the process that started it dies
 */
record BrokerArguments(BrokerNode node, boolean untilInputEnds) {

    static final String USAGE = """
            usage: --port PORT --data-dir DIR [--until-input-ends] [--set KAFKA_PROPERTY=VALUE]...
                   [--node-id N] [--voters ID@PORT,ID@PORT,...] [--cluster-id TEXT]
            One node with id 1 by default; several nodes need --voters and --cluster-id, the same for all.""";

    private static final String UNTIL_INPUT_ENDS = "--until-input-ends";
    private static final String SET = "--set";

    /**
     * @param controllerPort where the controller listens if no voters are named
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static BrokerArguments parse(List<String> arguments, int controllerPort) {
        Map<String, String> options = new HashMap<>();
        Map<String, String> overrides = new HashMap<>();
        boolean untilInputEnds = false;
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i);
            if (name.equals(UNTIL_INPUT_ENDS)) {
                untilInputEnds = true;
                continue;
            }
            if (++i == arguments.size()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            switch (name) {
                case SET -> {
                    String[] override = pair(arguments.get(i), "=");
                    overrides.put(override[0], override[1]);
                }
                case "--port", "--data-dir", "--node-id", "--voters", "--cluster-id" ->
                    options.put(name, arguments.get(i));
                default -> throw new IllegalArgumentException("Unknown argument " + name);
            }
        }
        BrokerNode node = new BrokerNode(
                parseNumber(options.getOrDefault("--node-id", "1")),
                parseNumber(required(options, "--port")),
                Path.of(required(options, "--data-dir")),
                parseVoters(options.getOrDefault("--voters", "1@" + controllerPort)),
                Optional.ofNullable(options.get("--cluster-id")),
                overrides);
        return new BrokerArguments(node, untilInputEnds);
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static List<BrokerNode.Voter> parseVoters(String text) {
        return Stream.of(text.split(",", -1))
                .map(voter -> pair(voter, "@"))
                .map(voter -> new BrokerNode.Voter(parseNumber(voter[0]), parseNumber(voter[1])))
                .toList();
    }

    private static String[] pair(String text, String separator) {
        String[] pair = text.split(separator, 2);
        if (pair.length < 2) {
            throw new IllegalArgumentException("There is no %s in %s".formatted(separator, text));
        }
        return pair;
    }

    private static int parseNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(text + " is not a number", e);
        }
    }
}
