package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** TCP connections of this machine, as Linux lists them. */
final class LoopbackSockets {

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    /** Of the columns of a table. */
    private static final int LOCAL_ADDRESS = 1;

    private static final int STATE = 3;

    /** Established, and CLOSE_WAIT: the client has left and the server has not closed yet. */
    private static final List<String> HELD_BY_SERVER = List.of("01", "08");

    private LoopbackSockets() {}

    /** How many connections the server that listens on {@code port} has not closed. */
    static long connectionsOf(int port) throws IOException {
        long connections = 0;
        for (Path table : TABLES) {
            if (Files.exists(table)) {
                try (Stream<String> lines = Files.lines(table)) {
                    connections += connectionsOf(port, lines);
                }
            }
        }
        return connections;
    }

    /** The same in one table, line by line. */
    static long connectionsOf(int port, Stream<String> table) {
        String end = ":%04X".formatted(port);
        return table.map(line -> line.strip().split("\\s+", -1))
                .filter(columns -> columns[LOCAL_ADDRESS].endsWith(end))
                .filter(columns -> HELD_BY_SERVER.contains(columns[STATE]))
                .count();
    }
}
