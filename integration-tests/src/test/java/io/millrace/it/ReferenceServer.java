package io.millrace.it;

import io.millrace.bench.Contender;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The npm reference server as a process of its own, to measure beside. */
final class ReferenceServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);

    private final String name;
    private final int port;
    private final ChildProcess process;
    private final Optional<Path> data;

    private ReferenceServer(String name, int port, ChildProcess process, Optional<Path> data) {
        this.name = name;
        this.port = port;
        this.process = process;
        this.data = data;
    }

    /** It keeps its streams in memory. */
    static ReferenceServer inMemory() throws Exception {
        return start("reference-memory", Optional.empty());
    }

    /** It keeps its streams in files. */
    static ReferenceServer fileBacked() throws Exception {
        return start("reference-file", Optional.of(Files.createTempDirectory(Build.target("reference"), "data")));
    }

    private static ReferenceServer start(String name, Optional<Path> data) throws Exception {
        int port = Ports.free();
        List<String> arguments = data.map(directory -> List.of(Integer.toString(port), directory.toString()))
                .orElse(List.of(Integer.toString(port)));
        ChildProcess process = NodeProject.reference(name, arguments);
        process.awaitOutput("ready ", START);
        return new ReferenceServer(name, port, process, data);
    }

    Contender contender() {
        URI base = URI.create("http://127.0.0.1:" + port + "/v1/stream");
        return new Contender(name, base, List.of(process.handle()), Optional.empty());
    }

    ProcessHandle process() {
        return process.handle();
    }

    @Override
    public void close() throws IOException {
        process.kill();
        if (data.isPresent()) {
            Directories.delete(data.get());
        }
    }
}
