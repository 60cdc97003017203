package io.millrace.gateway;

import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ConfigurationException;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import io.millrace.gateway.tool.CheckCommand;
import io.millrace.gateway.tool.ExplainCommand;
import io.millrace.gateway.tool.Form;
import io.millrace.gateway.tool.Printed;
import io.millrace.gateway.tool.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
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
              millrace train [--config FILE]   serve, and leave at the end what makes later starts faster (by bin/millrace)
              millrace check [--config FILE] [--kafka] [--json]
                                               say what is wrong with the configuration; --kafka asks the cluster, too
              millrace explain [--config FILE] [--kafka] [--json] METHOD URL
                                               say where a request leads, and by which rule
              millrace --version
              millrace --help

            Without --config the file millrace.yaml in the working directory is used, if there is one. Every key of it can
            also be given as an environment variable (server.port as MILLRACE_SERVER_PORT) or as a system property
            (JAVA_OPTS=-Dserver.port=4438). check and explain exit with 0 where all is well, with 1 where the configuration
            has errors, and with 2 where they were called wrongly.""";

    private Main() {}

    /** Runs a command; a gateway runs until SIGTERM or Ctrl-C. */
    public static void main(String[] arguments) throws InterruptedException {
        switch (Command.parse(List.of(arguments))) {
            case Command.Serve(Optional<Path> file) -> serve(file);
            case Command.Check(Options options) ->
                end(CheckCommand.run(sources(options.file()), options.scope(), options.form()));
            case Command.Explain(Options options, String method, String url) ->
                end(ExplainCommand.run(sources(options.file()), options.scope(), options.form(), method, url));
            case Command.Version() -> System.out.println("millrace " + version());
            case Command.Help() -> System.out.println(USAGE);
            case Command.Unknown(String reason) -> fail(reason + "\n\n" + USAGE, BAD_CONFIGURATION);
        }
    }

    /** What a command is to look at, and how it is to say what it found. */
    record Options(Optional<Path> file, Scope scope, Form form) {}

    /** What the command line asks for. */
    sealed interface Command {

        /** Serve, with this configuration file. */
        record Serve(Optional<Path> file) implements Command {}

        /** Say what is wrong with the configuration. */
        record Check(Options options) implements Command {}

        /** Say where a request leads. */
        record Explain(Options options, String method, String url) implements Command {}

        /** Print the version. */
        record Version() implements Command {}

        /** Print the usage. */
        record Help() implements Command {}

        /** Nothing that is known. */
        record Unknown(String reason) implements Command {}

        /** Reads the arguments. */
        static Command parse(List<String> arguments) {
            String first = arguments.isEmpty() ? "" : arguments.getFirst();
            List<String> rest = arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size());
            return switch (first) {
                case "serve" -> serve(rest);
                case "check" -> check(rest);
                case "explain" -> explain(rest);
                default -> serve(arguments);
            };
        }

        private static Command serve(List<String> options) {
            return switch (options.size()) {
                case 0 -> new Serve(usualFile());
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
                default -> new Unknown("There are too many arguments: " + String.join(" ", options) + ".");
            };
        }

        private static Command check(List<String> arguments) {
            List<String> others = new ArrayList<>();
            return switch (Parsed.of(arguments, others)) {
                case Parsed.Wrong(String reason) -> new Unknown(reason);
                case Parsed.Right(Options options) ->
                    others.isEmpty()
                            ? new Check(options)
                            : new Unknown("check takes options only, and " + others.getFirst() + " is none.");
            };
        }

        private static Command explain(List<String> arguments) {
            List<String> others = new ArrayList<>();
            return switch (Parsed.of(arguments, others)) {
                case Parsed.Wrong(String reason) -> new Unknown(reason);
                case Parsed.Right(Options options) -> {
                    if (others.size() != 2) {
                        yield new Unknown("explain needs a method and a URL, such as GET /v1/stream/orders/0.");
                    }
                    String url = others.getLast();
                    yield ExplainCommand.isUrl(url)
                            ? new Explain(options, others.getFirst(), url)
                            : new Unknown(
                                    url + " is no URL: write http://... or, from the first slash on, /v1/stream/...");
                }
            };
        }

        private static Optional<Path> usualFile() {
            return Optional.of(USUAL_FILE).filter(Files::exists);
        }

        /** The options among a command's arguments. */
        sealed interface Parsed {

            /** All are known. */
            record Right(Options options) implements Parsed {}

            /** One is not. */
            record Wrong(String reason) implements Parsed {}

            /** Reads them; what is no option goes to {@code others}. */
            static Parsed of(List<String> arguments, List<String> others) {
                Optional<Path> file = Optional.empty();
                Scope scope = Scope.CONFIGURATION;
                Form form = Form.TEXT;
                Iterator<String> rest = arguments.iterator();
                while (rest.hasNext()) {
                    String argument = rest.next();
                    switch (argument) {
                        case "--kafka" -> scope = Scope.CLUSTER;
                        case "--json" -> form = Form.JSON;
                        case "--config" -> {
                            if (!rest.hasNext()) {
                                return new Wrong("--config needs a file.");
                            }
                            file = Optional.of(Path.of(rest.next()));
                        }
                        default -> {
                            if (argument.startsWith("-")) {
                                return new Wrong("There is no option " + argument + ".");
                            }
                            others.add(argument);
                        }
                    }
                }
                return new Right(new Options(file.or(Command::usualFile), scope, form));
            }
        }
    }

    private static Sources sources(Optional<Path> file) {
        return new Sources(file, System.getenv(), systemProperties());
    }

    private static void end(Printed printed) {
        System.out.println(printed.text());
        System.exit(printed.exitCode());
    }

    private static void serve(Optional<Path> file) {
        try {
            Sources sources = sources(file);
            Sources.Text text = sources.read();
            Configuration configuration = sources.parse(text);
            configuration
                    .warnings()
                    .forEach(warning ->
                            LOG.warn("{}", LogLine.of("configuration").with(LogKey.REASON, warning)));
            Gateway gateway = Gateway.start(sources, text, configuration);
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
