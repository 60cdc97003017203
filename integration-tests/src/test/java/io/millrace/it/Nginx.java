package io.millrace.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real nginx with a recipe of {@code compose/nginx}, in which only addresses and folders are replaced. */
final class Nginx implements AutoCloseable {

    private static final Path RECIPES = Build.root().resolve("compose").resolve("nginx");
    private static final Duration START = Duration.ofSeconds(10);
    private static final String LOG = "access.log";

    /** Where Debian has it, which is on the PATH of root alone. */
    private static final Path USUAL = Path.of("/usr/sbin/nginx");

    private final Path directory;
    private final int port;
    private final ChildProcess process;

    private Nginx(Path directory, int port, ChildProcess process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** What it did with one request, by its own log. */
    record Passed(String method, int status, String gateways, String cache) {

        /** Whether a gateway was asked, not the cache alone. */
        boolean isUpstream() {
            return !gateways.equals("-");
        }
    }

    /** Skips a test where it is not installed, before anything is started for that. */
    static void require() {
        program();
    }

    /** Starts it with the recipe of this name, in front of {@code gateways}. */
    static Nginx start(String recipe, List<GatewayProcess> gateways) throws Exception {
        String program = program();
        Path directory = Files.createTempDirectory(Build.target("nginx"), recipe);
        Path included = Files.createDirectory(directory.resolve("millrace"));
        int port = Ports.free();
        try (Stream<Path> files = Files.list(RECIPES)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file)
                        .replace("listen 8080", "listen 127.0.0.1:" + port)
                        .replace(
                                "/var/cache/millrace",
                                directory.resolve("cache").toString());
                Files.writeString(included.resolve(file.getFileName().toString()), text);
            }
        }
        Files.writeString(included.resolve("gateways.conf"), gateways(gateways));
        Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                worker_rlimit_nofile 16384;
                error_log stderr warn;
                events {
                    worker_connections 8192;
                }
                http {
                    log_format passed '$request_method $status $upstream_addr $upstream_cache_status';
                    access_log %s passed;
                    client_body_temp_path body;
                    proxy_temp_path proxied;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    include millrace/%s.conf;
                }
                """.formatted(LOG, recipe));
        ChildProcess process = ChildProcess.start(
                "nginx-" + recipe,
                List.of(program, "-p", directory + "/", "-c", "nginx.conf", "-e", "stderr"),
                directory,
                Map.of());
        Nginx nginx = new Nginx(directory, port, process);
        try {
            Await.until("nginx listens", START, nginx::listens);
        } catch (Throwable e) {
            nginx.close();
            throw new AssertionError(process.describe("does not start"), e);
        }
        return nginx;
    }

    URI origin() {
        return URI.create("http://127.0.0.1:" + port);
    }

    StreamClient client() {
        return new StreamClient(URI.create(origin() + "/v1/stream"));
    }

    ChildProcess process() {
        return process;
    }

    /** All requests that it has answered so far. */
    List<Passed> passed() throws IOException {
        return Files.readAllLines(directory.resolve(LOG)).stream()
                .map(line -> line.split(" ", -1))
                .map(Nginx::passed)
                .toList();
    }

    @Override
    public void close() throws IOException {
        process.kill();
        Directories.delete(directory);
    }

    /** A gateway that was asked in vain stands before the one that answered, with a comma between. */
    private static Passed passed(String[] fields) {
        String gateways = String.join(" ", List.of(fields).subList(2, fields.length - 1));
        return new Passed(fields[0], Integer.parseInt(fields[1]), gateways, fields[fields.length - 1]);
    }

    /** Each as the recipe has its first. */
    private static String gateways(List<GatewayProcess> all) throws IOException {
        String first = Files.readAllLines(RECIPES.resolve("gateways.conf")).stream()
                .filter(line -> line.startsWith("server "))
                .findFirst()
                .orElseThrow();
        String options = first.substring(first.indexOf(":4437") + ":4437".length());
        return all.stream()
                .map(gateway -> "server 127.0.0.1:" + gateway.port() + options + "\n")
                .collect(Collectors.joining());
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError(process.describe("ended"));
        }
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    /** Where it is. Whoever builds on a laptop may do without; what is merged may not. */
    private static String program() {
        Optional<String> nginx = Tools.onPath("nginx")
                .or(() -> Optional.of(USUAL).filter(Files::isExecutable).map(Path::toString));
        assumeTrue(
                nginx.isPresent() || System.getenv("CI") != null,
                "no nginx is here: install it (Debian: apt install nginx-light) to run this");
        return nginx.orElseThrow(() -> new AssertionError("no nginx is here: apt install nginx-light"));
    }
}
