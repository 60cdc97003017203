package io.millrace.gateway.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {

    private final Metrics metrics = new Metrics();

    @Test
    void reloadsAreThereBeforeTheFirst() {
        metrics.onReload(Metrics.Reload.REFUSED);
        assertThat(lines())
                .contains("# TYPE millrace_rules_reloads_total counter")
                .contains("millrace_rules_reloads_total{result=\"accepted\"} 0.0")
                .contains("millrace_rules_reloads_total{result=\"refused\"} 1.0");
    }

    @Test
    void badRecordsAreCountedByPartition() {
        metrics.onBadRecord("orders", 0);
        metrics.onBadRecord("orders", 0);
        metrics.onBadRecord("orders", 11);
        assertThat(lines())
                .contains("millrace_existing_bad_records_total{partition=\"0\",topic=\"orders\"} 2.0")
                .contains("millrace_existing_bad_records_total{partition=\"11\",topic=\"orders\"} 1.0");
    }

    @Test
    void partitionsBeyondTheBoundCountTogether() {
        for (int partition = 0; partition < Metrics.MOST_PARTITIONS + 5; partition++) {
            metrics.onBadRecord("orders", partition);
        }
        metrics.onBadRecord("orders", 3);
        String others = "millrace_existing_bad_records_total{partition=\"(others)\",topic=\"(others)\"} ";
        assertThat(lines())
                .contains(others + "5.0")
                .contains("millrace_existing_bad_records_total{partition=\"3\",topic=\"orders\"} 2.0")
                .filteredOn(line -> line.startsWith("millrace_existing_bad_records_total{"))
                .hasSize(Metrics.MOST_PARTITIONS + 1);
    }

    @Test
    void holdingsAreReadWhenTheMetricsAre() {
        assertThat(lines()).contains("millrace_loaded_partitions 0.0");
        metrics.watch(() -> new Metrics.Holdings(2, 300, 4_000, 50_000));
        assertThat(lines())
                .contains("# TYPE millrace_state_bytes gauge")
                .contains("millrace_loaded_partitions 2.0")
                .contains("millrace_loaded_streams 300.0")
                .contains("millrace_state_bytes 4000.0")
                .contains("millrace_tail_bytes 50000.0");
    }

    private Iterable<String> lines() {
        return new String(metrics.text(), UTF_8).lines().toList();
    }
}
