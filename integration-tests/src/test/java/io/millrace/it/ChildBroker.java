package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A broker in a process of its own, from the jars that the embedded broker is made of. */
final class ChildBroker implements KafkaFixture {

    private static final Duration START = Duration.ofSeconds(60);

    private final int port = Ports.free();
    private final Path data;
    private final List<String> command;
    private ChildProcess process;

    /** Kafka's own properties for a broker on these ports. */
    interface Settings {
        List<String> of(int port, int controllerPort);
    }

    private ChildBroker(List<String> flags, int id, List<Integer> controllerPorts, Settings settings) throws Exception {
        this.data = Files.createTempDirectory(Build.target("brokers"), "data");
        String voters = IntStream.rangeClosed(1, controllerPorts.size())
                .mapToObj(voter -> voter + "@" + controllerPorts.get(voter - 1))
                .collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(List.of(
                "--node-id",
                Integer.toString(id),
                "--port",
                Integer.toString(port),
                "--voters",
                voters,
                "--cluster-id",
                "millrace-integration-1",
                "--data-dir",
                data.toString(),
                "--until-input-ends"));
        settings.of(port, controllerPorts.get(id - 1)).forEach(setting -> {
            arguments.add("--set");
            arguments.add(setting);
        });
        this.command = Build.java(flags, "io.millrace.embedded.BrokerMain", arguments);
        this.process = ChildProcess.start("broker", command, data, Map.of());
    }

    static ChildBroker start() throws Exception {
        return start((_, _) -> List.of());
    }

    /** A broker with properties of Kafka on top of its own. */
    static ChildBroker start(Settings settings) throws Exception {
        return start(Build.SMALL, settings);
    }

    /** A broker on a JVM with these flags. */
    static ChildBroker start(List<String> flags) throws Exception {
        return start(flags, (_, _) -> List.of());
    }

    private static ChildBroker start(List<String> flags, Settings settings) throws Exception {
        ChildBroker broker = new ChildBroker(flags, 1, List.of(Ports.free()), settings);
        broker.awaitReady();
        return broker;
    }

    /** Three brokers of one cluster, which are nodes 1, 2 and 3. */
    static List<ChildBroker> cluster() throws Exception {
        return cluster((_, _) -> List.of());
    }

    /** The same with properties of Kafka on top of their own. */
    static List<ChildBroker> cluster(Settings settings) throws Exception {
        List<Integer> controllerPorts = List.of(Ports.free(), Ports.free(), Ports.free());
        List<ChildBroker> brokers = new ArrayList<>();
        for (int id = 1; id <= controllerPorts.size(); id++) {
            brokers.add(new ChildBroker(Build.SMALL, id, controllerPorts, settings));
        }
        for (ChildBroker broker : brokers) {
            broker.awaitReady();
        }
        return brokers;
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void restart() throws Exception {
        process = ChildProcess.start("broker", command, data, Map.of());
        awaitReady();
    }

    /** The same, where no file may be larger than so many KiB, as on a disk that is full. */
    void restart(int largestFileKib) throws Exception {
        List<String> limited =
                new ArrayList<>(List.of("bash", "-c", "ulimit -f " + largestFileKib + " && exec \"$@\"", "limited"));
        limited.addAll(command);
        process = ChildProcess.start("broker", limited, data, Map.of());
        awaitReady();
    }

    @Override
    public void stop() throws InterruptedException {
        process.terminate();
        process.awaitExit(Duration.ofSeconds(30));
    }

    @Override
    public void close() throws IOException {
        process.kill();
        Directories.delete(data);
    }

    private void awaitReady() throws Exception {
        process.awaitOutput("ready " + bootstrapServers(), START);
    }
}
