package io.millrace.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command curl, as people use it. */
final class Curl {

    private Curl() {}

    /** Runs it with HTTP/2, not minding the certificate; its output ends with the version and status of the last answer. */
    static ChildProcess http2(Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Tools.find("curl", "it (Debian, Ubuntu: apt install curl)"),
                "-sSk",
                "--http2",
                "--max-time",
                "20",
                "-w",
                "\\n%{http_version} %{http_code}"));
        command.addAll(List.of(arguments));
        ChildProcess curl = ChildProcess.start("curl", command, directory, Map.of());
        if (curl.awaitExit(Duration.ofSeconds(30)) != 0) {
            throw new AssertionError(curl.describe("failed"));
        }
        return curl;
    }
}
