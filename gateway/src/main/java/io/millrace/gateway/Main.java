package io.millrace.gateway;

import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ConfigurationException;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private static final int BAD_CONFIGURATION = 2;
    private static final int FAILED_START = 1;
    private static final Path USUAL_FILE = Path.of("millrace.yaml");

    private static final String USAGE = """
            millrace: Durable Streams on Apache Kafka

              millrace serve [--config FILE]   serve streams; the default command
              millrace --version
              millrace --help

            Without --config the file millrace.yaml in the working directory is used, if there is one. Every key of it can
            also be given as an environment variable (server.port as MILLRACE_SERVER_PORT) or as a system property
            (JAVA_OPTS=-Dserver.port=4438).""";

    private Main() {}

    /** Runs a command; a gateway runs until SIGTERM or Ctrl-C. */
    public static void main(String[] arguments) {
        switch (Command.parse(List.of(arguments))) {
            case Command.Serve(Optional<Path> file) -> serve(file);
            case Command.Version() -> System.out.println("millrace " + version());
            case Command.Help() -> System.out.println(USAGE);
            case Command.Unknown(String reason) -> fail(reason + "\n\n" + USAGE, BAD_CONFIGURATION);
        }
    }

    /** What the command line asks for. */
    sealed interface Command {

        /** Serve, with this configuration file. */
        record Serve(Optional<Path> file) implements Command {}

        /** Print the version. */
        record Version() implements Command {}

        /** Print the usage. */
        record Help() implements Command {}

        /** Nothing that is known. */
        record Unknown(String reason) implements Command {}

        /** Reads the arguments. */
        static Command parse(List<String> arguments) {
            List<String> options = !arguments.isEmpty() && arguments.getFirst().equals("serve")
                    ? arguments.subList(1, arguments.size())
                    : arguments;
            return switch (options.size()) {
                case 0 -> new Serve(Optional.of(USUAL_FILE).filter(Files::exists));
                case 1 ->
                    switch (options.getFirst()) {
                        case "--version" -> new Version();
                        case "--help", "-h" -> new Help();
                        case "--config" -> new Unknown("--config needs a file.");
                        default -> new Unknown("There is no command or option " + options.getFirst() + ".");
                    };
                case 2 ->
                    options.getFirst().equals("--config")
                            ? new Serve(Optional.of(Path.of(options.getLast())))
                            : new Unknown("There is no option " + options.getFirst() + ".");
                default -> new Unknown("There are too many arguments: " + String.join(" ", arguments) + ".");
            };
        }
    }

    private static void serve(Optional<Path> file) {
        try {
            Configuration configuration = new Sources(file, System.getenv(), systemProperties()).load();
            configuration
                    .warnings()
                    .forEach(warning ->
                            LOG.warn("{}", LogLine.of("configuration").with(LogKey.REASON, warning)));
            Gateway gateway = Gateway.start(configuration);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(gateway), "shutdown"));
            LogLine started = LogLine.of("started").with(LogKey.URL, gateway.url());
            gateway.adminUrl().ifPresent(url -> started.with(LogKey.ADMIN, url));
            LOG.info(
                    "{}",
                    started.with(LogKey.BROKER, gateway.bootstrapServers()).with(LogKey.VERSION, version()));
        } catch (ConfigurationException e) {
            fail(String.valueOf(e.getMessage()), BAD_CONFIGURATION);
        } catch (StartException e) {
            fail(String.valueOf(e.getMessage()), FAILED_START);
        }
    }

    private static void stop(Gateway gateway) {
        LOG.info("{}", LogLine.of("stopping"));
        gateway.close();
        LOG.info("{}", LogLine.of("stopped"));
    }

    private static void fail(String message, int exitCode) {
        System.err.println("millrace: " + message);
        System.exit(exitCode);
    }

    private static Map<String, String> systemProperties() {
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
