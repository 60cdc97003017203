package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.gateway.Main.Command;
import io.millrace.gateway.Main.Options;
import io.millrace.gateway.tool.Form;
import io.millrace.gateway.tool.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MainTest {

    private static final Options PLAIN = new Options(Optional.empty(), Scope.CONFIGURATION, Form.TEXT);
    private static final Options EVERYTHING = new Options(Optional.of(Path.of("m.yaml")), Scope.CLUSTER, Form.JSON);

    static Stream<Arguments> commandLines() {
        Command serve = new Command.Serve(Optional.empty());
        Command serveFile = new Command.Serve(Optional.of(Path.of("m.yaml")));
        return Stream.of(
                argumentSet("nothing", List.of(), serve),
                argumentSet("serve", List.of("serve"), serve),
                argumentSet("serve with a file", List.of("serve", "--config", "m.yaml"), serveFile),
                argumentSet("a file alone", List.of("--config", "m.yaml"), serveFile),
                argumentSet("version", List.of("--version"), new Command.Version()),
                argumentSet("help", List.of("--help"), new Command.Help()),
                argumentSet("check", List.of("check"), new Command.Check(PLAIN)),
                argumentSet(
                        "check with everything",
                        List.of("check", "--json", "--config", "m.yaml", "--kafka"),
                        new Command.Check(EVERYTHING)),
                argumentSet(
                        "explain",
                        List.of("explain", "GET", "/v1/stream/a"),
                        new Command.Explain(PLAIN, "GET", "/v1/stream/a")),
                argumentSet(
                        "explain with everything, wherever it stands",
                        List.of("explain", "GET", "--json", "http://h/s?x=/", "--config", "m.yaml", "--kafka"),
                        new Command.Explain(EVERYTHING, "GET", "http://h/s?x=/")),
                argumentSet(
                        "check of something",
                        List.of("check", "m.yaml"),
                        new Command.Unknown("check takes options only, and m.yaml is none.")),
                argumentSet(
                        "check with another option",
                        List.of("check", "--fast"),
                        new Command.Unknown("There is no option --fast.")),
                argumentSet(
                        "check without its file",
                        List.of("check", "--config"),
                        new Command.Unknown("--config needs a file.")),
                argumentSet(
                        "explain of nothing",
                        List.of("explain", "GET"),
                        new Command.Unknown("explain needs a method and a URL, such as GET /v1/stream/orders/0.")),
                argumentSet(
                        "explain of too much",
                        List.of("explain", "GET", "/a", "/b"),
                        new Command.Unknown("explain needs a method and a URL, such as GET /v1/stream/orders/0.")),
                argumentSet(
                        "explain of no URL",
                        List.of("explain", "GET", "orders/0"),
                        new Command.Unknown("orders/0 is no URL: write http://... or, from the first slash on,"
                                + " /v1/stream/...")),
                argumentSet("no file", List.of("serve", "--config"), new Command.Unknown("--config needs a file.")),
                argumentSet(
                        "another command",
                        List.of("start"),
                        new Command.Unknown("There is no command or option start.")));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void commandLine(List<String> arguments, Command command) {
        assertThat(Command.parse(arguments)).isEqualTo(command);
    }
}
