package io.millrace.gateway.tool;

import io.millrace.mapping.existing.ExistingStream;
import io.millrace.mapping.rule.Resolution;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a gateway answers a method at a place, as far as the rules say.
 *
 * @param status   what it gets whatever else it says; empty where it is possible
 * @param sentence why, or on what terms
 * @param allowed  the methods that are possible, where this one is not
 */
record Verdict(OptionalInt status, String sentence, List<String> allowed) {

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int NOT_IMPLEMENTED = 501;

    private static final List<String> MANAGED = List.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS");

    Verdict {
        allowed = List.copyOf(allowed);
    }

    static Verdict badRequest(String why) {
        return refused(BAD_REQUEST, why);
    }

    static Verdict notFound(String why) {
        return refused(NOT_FOUND, why);
    }

    static Verdict notImplemented(String why) {
        return refused(NOT_IMPLEMENTED, why);
    }

    /** What the rules say alone. */
    static Verdict of(Resolution resolution, String method) {
        return switch (resolution) {
            case Resolution.SharedPartition _, Resolution.DedicatedTopic _ -> managed(method);
            case Resolution.Existing existing -> existing(existing.stream(), method);
            case Resolution.Denied(String reason) -> refused(FORBIDDEN, reason);
            case Resolution.NoSuchPart(String reason) -> notFound(reason);
            case Resolution.NoRule() -> notFound("no rule is for this path");
            case Resolution.IllegalTopic(String topic, String reason) ->
                badRequest("the path maps to the topic " + topic + ": " + reason);
        };
    }

    /** This one, or where it is that the method is possible, that there is nothing. */
    Verdict unlessMissing(String why) {
        return status.isPresent() ? this : notFound(why);
    }

    private static Verdict managed(String method) {
        return switch (method) {
            case "PUT" -> possible("PUT is possible, and makes the stream.");
            case "GET", "HEAD", "POST", "DELETE" ->
                possible(method + " is possible once the stream has been made by PUT.");
            case "OPTIONS" -> possible("OPTIONS is possible.");
            default -> notAllowed(method + " is no method of streams", MANAGED);
        };
    }

    private static Verdict existing(ExistingStream stream, String method) {
        List<String> allowed = stream.access().methods();
        return switch (method) {
            case "GET", "HEAD", "OPTIONS" -> possible(method + " is possible.");
            case "PUT" ->
                possible("PUT makes nothing: 200 where it asks for a stream like this ("
                        + stream.view().contentType() + "), 409 where for another; with a TTL or Stream-Closed 501.");
            case "POST" ->
                switch (stream.access()) {
                    case APPEND ->
                        possible("POST is possible, and writes at least once. With producer headers, Stream-Seq or"
                                + " Stream-Closed it gets 501: what they ask for cannot be kept in a topic of somebody"
                                + " else.");
                    case READ -> notAllowed("the rule's access is read", allowed);
                };
            case "DELETE" -> notAllowed("the topic belongs to somebody else", allowed);
            default -> notAllowed(method + " is no method of streams", allowed);
        };
    }

    private static Verdict possible(String sentence) {
        return new Verdict(OptionalInt.empty(), sentence, List.of());
    }

    private static Verdict refused(int status, String why) {
        return new Verdict(OptionalInt.of(status), status + ": " + why + ".", List.of());
    }

    private static Verdict notAllowed(String why, List<String> allowed) {
        return new Verdict(
                OptionalInt.of(NOT_ALLOWED),
                NOT_ALLOWED + ": " + why + "; allowed are " + String.join(", ", allowed) + ".",
                allowed);
    }
}
