package io.millrace.it;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A broker in a container, on a port of the host that stays the same when the container is started again. */
final class ContainerKafka implements KafkaFixture {

    /** Which image; one made locally will do as well. */
    private static final String IMAGE = System.getProperty("kafka.image", "apache/kafka:4.1.0");

    private final KafkaContainer container;

    private ContainerKafka(KafkaContainer container) {
        this.container = container;
    }

    static ContainerKafka start() {
        DockerImageName image = DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("apache/kafka");
        KafkaContainer container = new OnFixedPort(image, Ports.free());
        container.start();
        return new ContainerKafka(container);
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void restart() throws Exception {
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Await.until("Kafka serves again", Duration.ofSeconds(60), () -> serves(admin));
        }
    }

    @Override
    public void stop() {
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() {
        container.stop();
    }

    private static boolean serves(Admin admin) throws InterruptedException {
        try {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** Docker gives a container a new port at every start, unless it is told which. */
    private static final class OnFixedPort extends KafkaContainer {
        OnFixedPort(DockerImageName image, int port) {
            super(image);
            addFixedExposedPort(port, 9092);
        }
    }
}
