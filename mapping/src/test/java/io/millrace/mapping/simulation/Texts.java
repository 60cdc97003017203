package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamPath;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What simulated clients write: every payload says who sent it as what, so that the witness needs no other record. */
final class Texts {

    static final MediaType PLAIN = new MediaType("text/plain");
    static final MediaType JSON = new MediaType("application/json");

    private static final Pattern PRODUCER = Pattern.compile("\"produced (\\S+) (\\d+) (\\d+) \\S+\"");
    private static final Pattern STREAM_SEQ = Pattern.compile("\"sequenced (\\S+) \\S+ \\S+\"");
    private static final Pattern TYPE = Pattern.compile("\"\\w+ .* (\\S+/\\S+)\"");

    private Texts() {}

    static String produced(ProducerStamp stamp, MediaType type) {
        return "\"produced " + stamp.id() + " " + stamp.epoch() + " " + stamp.seq() + " " + type + "\"";
    }

    static String sequenced(String seq, int client, MediaType type) {
        return "\"sequenced " + seq + " " + client + " " + type + "\"";
    }

    static String plain(int client, int number, MediaType type) {
        return "\"plain " + client + "/" + number + " " + type + "\"";
    }

    static String last(Gateway gateway) {
        return "\"last through " + gateway + "\"";
    }

    static String foreign(int number) {
        return "\"foreign " + number + "\"";
    }

    /** A request in a line. */
    static String line(Request request) {
        return switch (request) {
            case Request.Execute(Command command) -> line(command);
            case Request.Find(StreamPath path) -> "HEAD " + path;
            case Request.Read(StreamPath path, RequestedOffset from) -> "GET " + path + " from " + from;
            case Request.Follow(StreamPath path, RequestedOffset from) -> "GET live " + path + " from " + from;
        };
    }

    private static String line(Command command) {
        return switch (command) {
            case Command.Create create ->
                "PUT " + create.path() + " " + create.configuration() + line(create.payload())
                        + (create.closed() ? " closed" : "");
            case Command.Append append ->
                "POST " + append.path()
                        + (append.body() instanceof Command.Body.Fit(Payload fit) ? line(fit) : " unfit")
                        + (append.closes() ? " and close" : "");
            case Command.Close close -> "close " + close;
            case Command.Delete _,
                    Command.Touch _,
                    Command.Expire _,
                    Command.Reference _,
                    Command.Unreference _,
                    Command.CancelReference _ -> command.toString();
        };
    }

    private static String line(Payload payload) {
        return " " + new String(payload.value(), UTF_8);
    }

    static Optional<ProducerStamp> producer(String text) {
        Matcher matcher = PRODUCER.matcher(text);
        return matcher.matches()
                ? Optional.of(new ProducerStamp(
                        matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))))
                : Optional.empty();
    }

    static Optional<String> streamSeq(String text) {
        Matcher matcher = STREAM_SEQ.matcher(text);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    static Optional<MediaType> type(String text) {
        Matcher matcher = TYPE.matcher(text);
        return matcher.matches() ? Optional.of(new MediaType(matcher.group(1))) : Optional.empty();
    }
}
