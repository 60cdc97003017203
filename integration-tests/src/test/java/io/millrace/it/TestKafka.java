package io.millrace.it;

import org.testcontainers.DockerClientFactory;

/** Which Kafka the tests run on: containers where there is a Docker engine, child processes where there is none. */
final class TestKafka {

    /** {@code testcontainers} or {@code process}; by default what the machine can do. */
    private static final String CHOICE = System.getProperty("kafka", "");

    private static final class Shared {
        static final KafkaFixture FIXTURE = fresh();
    }

    private TestKafka() {}

    /** The one broker for tests that leave it alone; it ends with this process. */
    static KafkaFixture shared() {
        return Shared.FIXTURE;
    }

    /** A broker for one test. */
    static KafkaFixture fresh() {
        try {
            return inContainers() ? ContainerKafka.start() : ChildBroker.start();
        } catch (Exception e) {
            throw new IllegalStateException("Kafka does not start", e);
        }
    }

    static boolean inContainers() {
        return switch (CHOICE) {
            case "testcontainers" -> true;
            case "process" -> false;
            case "" -> DockerClientFactory.instance().isDockerAvailable();
            default -> throw new IllegalArgumentException("-Dkafka=" + CHOICE + ": write testcontainers or process");
        };
    }
}
