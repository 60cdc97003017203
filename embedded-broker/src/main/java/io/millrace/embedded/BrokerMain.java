package io.millrace.embedded;

import io.millrace.gateway.broker.EmbeddedBrokerException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A broker as a process of its own: prints {@code ready HOST:PORT} when it serves clients, and runs until SIGTERM.
 *
 * <p>Exit codes: 0 after SIGTERM or the end of the input, 1 if the node did not start, 2 for wrong arguments.
 */
public final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] args) throws IOException {
        BrokerArguments arguments;
        try {
            arguments = BrokerArguments.parse(List.of(args), BrokerNode.freePort());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(BrokerArguments.USAGE);
            System.exit(2);
            return;
        }
        KraftBroker broker;
        try {
            broker = KraftBroker.start(arguments.node());
        } catch (EmbeddedBrokerException e) {
            System.err.println(e.getMessage());
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-shutdown"));
        System.out.println("ready " + broker.bootstrapServers());
        if (arguments.untilInputEnds()) {
            System.in.transferTo(OutputStream.nullOutputStream());
            System.exit(0);
        }
    }
}
