package io.millrace.gateway.observe;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What a gateway has counted since it started, for Prometheus. */
public final class Metrics {

    /** Of {@link #text}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** Stands for the topic and the partition of all partitions beyond {@link #MOST_PARTITIONS}; no topic is called so. */
    static final String OTHERS = "(others)";

    /** Whatever clients ask for, and however many topics are bad: Prometheus keeps a series for each of them. */
    static final int MOST_PARTITIONS = 1_000;

    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter rulesReloads = Counter.builder()
            .name("millrace_rules_reloads_total")
            .help("Times that the rules were read again, because their files had changed or on request.")
            .labelNames("result")
            .register(registry);
    private final Counter badRecords = Counter.builder()
            .name("millrace_existing_bad_records_total")
            .help("Records of topics of others that were read and were no message of their stream, such as values that"
                    + " are not JSON. One that is read again counts again.")
            .labelNames("topic", "partition")
            .register(registry);
    private final Set<String> partitions = ConcurrentHashMap.newKeySet();

    /** Read when the metrics are. */
    private volatile Supplier<Holdings> holdings = () -> new Holdings(0, 0, 0, 0);

    /**
     * What a gateway holds in memory of managed topics.
     *
     * @param partitions that are loaded
     * @param streams    of these partitions
     * @param stateBytes of these streams' states and indexes, by estimate
     * @param tailBytes  of recent records, and of those of topics of others
     */
    public record Holdings(long partitions, long streams, long stateBytes, long tailBytes) {}

    /** What has become of rules that were read again. */
    public enum Reload {
        /** They hold. */
        ACCEPTED("accepted"),
        /** Something is wrong with them, and those before hold. */
        REFUSED("refused");

        private final String label;

        Reload(String label) {
            this.label = label;
        }
    }

    /** Everything stands at 0. */
    public Metrics() {
        for (Reload result : Reload.values()) {
            rulesReloads.initLabelValues(result.label);
        }
        badRecords.initLabelValues(OTHERS, OTHERS);
        gauge("millrace_loaded_partitions", "Partitions of managed topics in memory.", Holdings::partitions);
        gauge("millrace_loaded_streams", "Streams of the partitions in memory.", Holdings::streams);
        gauge(
                "millrace_state_bytes",
                "About how much memory the states and indexes of these streams take (streams.state-bytes).",
                Holdings::stateBytes);
        gauge(
                "millrace_tail_bytes",
                "About how much memory the most recent records take (streams.tail-bytes).",
                Holdings::tailBytes);
    }

    private void gauge(String name, String help, ToLongFunction<Holdings> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.applyAsLong(holdings.get())))
                .register(registry);
    }

    /** What is held, from here on, is what {@code supplier} says. */
    public void watch(Supplier<Holdings> supplier) {
        holdings = supplier;
    }

    /** The rules were read again. */
    public void onReload(Reload result) {
        rulesReloads.labelValues(result.label).inc();
    }

    /** A record of this partition was read that is no message of its stream. */
    public void onBadRecord(String topic, int partition) {
        String number = Integer.toString(partition);
        if (isCountedApart(topic + " " + number)) {
            badRecords.labelValues(topic, number).inc();
        } else {
            badRecords.labelValues(OTHERS, OTHERS).inc();
        }
    }

    /** All of it in Prometheus' text format. */
    public byte[] text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            writer.write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes what is written to it", e);
        }
        return text.toByteArray();
    }

    private boolean isCountedApart(String partition) {
        if (partitions.contains(partition)) {
            return true;
        }
        synchronized (partitions) {
            return partitions.size() < MOST_PARTITIONS ? partitions.add(partition) : partitions.contains(partition);
        }
    }
}
