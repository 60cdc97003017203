package io.millrace.embedded;

import io.millrace.gateway.broker.EmbeddedBroker;
import io.millrace.gateway.broker.EmbeddedBrokerException;
import java.io.IOException;
import java.nio.file.Path;

/** The embedded broker of the development distribution: a cluster of one {@link KraftBroker}. */
public final class KraftEmbeddedBroker implements EmbeddedBroker {

    @Override
    public Running start(Path dataDirectory, int port) throws EmbeddedBrokerException {
        BrokerNode node;
        try {
            node = BrokerNode.alone(dataDirectory, port);
        } catch (IOException e) {
            throw new EmbeddedBrokerException("There is no free port for Kafka's controller: " + e.getMessage(), e);
        }
        return KraftBroker.start(node);
    }
}
