package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.gateway.Main.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MainTest {

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
