package io.millrace.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What a broker has been asked for since it started, by its own count.
 *
 * @param fetches requests of consumers for records
 * @param bytesIn of records, from producers
 * @param bytesOut of records, to consumers
 */
public record BrokerTraffic(long fetches, long bytesIn, long bytesOut) {

    private static final String FETCHES =
            "kafka.network:type=RequestMetrics,name=RequestsPerSec,request=FetchConsumer,*";
    private static final String BYTES_IN = "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec";
    private static final String BYTES_OUT = "kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec";

    /** The counts of the broker in a process of this machine and this user. */
    @SuppressWarnings("BanJNDI") // what answers is a process of this user's own
    static BrokerTraffic of(ProcessHandle broker) throws IOException {
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(managementOf(broker)))) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            return new BrokerTraffic(count(beans, FETCHES), count(beans, BYTES_IN), count(beans, BYTES_OUT));
        } catch (JMException e) {
            throw new BenchFailure("the broker does not count its traffic", e);
        }
    }

    /** How many bytes of records of one topic the broker has given to consumers since it started. */
    @SuppressWarnings("BanJNDI") // as above
    public static long bytesOut(ProcessHandle broker, String topic) throws IOException {
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(managementOf(broker)))) {
            return count(connector.getMBeanServerConnection(), BYTES_OUT + ",topic=" + topic);
        } catch (JMException e) {
            throw new BenchFailure("the broker does not count its traffic", e);
        }
    }

    /** What came in between. */
    List<Figure> since(BrokerTraffic before, double seconds) {
        return List.of(
                new Figure("kafka-fetches", "1/s", (fetches - before.fetches) / seconds),
                new Figure(
                        "kafka-read-per-written",
                        "bytes",
                        (double) (bytesOut - before.bytesOut) / Math.max(1, bytesIn - before.bytesIn)));
    }

    private static String managementOf(ProcessHandle broker) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(broker.pid()));
            try {
                return machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new BenchFailure("the broker's JVM cannot be attached to", e);
        }
    }

    /** The sum over all beans of the pattern: requests are counted for each version apart. */
    private static long count(MBeanServerConnection beans, String pattern) throws IOException, JMException {
        long sum = 0;
        for (ObjectName bean : beans.queryNames(name(pattern), null)) {
            sum += (Long) beans.getAttribute(bean, "Count");
        }
        return sum;
    }

    private static ObjectName name(String pattern) throws MalformedObjectNameException {
        return new ObjectName(pattern);
    }
}
