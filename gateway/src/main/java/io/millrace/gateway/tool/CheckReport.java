package io.millrace.gateway.tool;

import io.millrace.gateway.kafka.TopicCatalog.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is wrong with a configuration.
 *
 * @param rules    how many rules there are; 0 where they could not be read
 * @param errors   sentences on what must be changed
 * @param warnings sentences on what may surprise
 * @param topics   those of the cluster that rules name
 */
record CheckReport(int rules, List<String> errors, List<String> warnings, Map<String, Topic> topics) {

    CheckReport {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** The same with what the cluster says. */
    CheckReport with(ClusterCheck cluster, Map<String, Topic> found) {
        List<String> allErrors = new ArrayList<>(errors);
        allErrors.addAll(cluster.errors());
        List<String> allWarnings = new ArrayList<>(warnings);
        allWarnings.addAll(cluster.warnings());
        return new CheckReport(rules, allErrors, allWarnings, found);
    }

    Printed print(Form form) {
        return new Printed(
                switch (form) {
                    case TEXT -> text();
                    case JSON -> json();
                },
                errors.isEmpty() ? Printed.FINE : Printed.WRONG);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        errors.forEach(error -> text.append("error: ").append(error).append('\n'));
        warnings.forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        sorted().forEach((name, topic) -> text.append("topic ")
                .append(name)
                .append(": ")
                .append(counted(topic.partitions(), "partition"))
                .append(", cleanup.policy=")
                .append(topic.cleanupPolicy())
                .append('\n'));
        if (errors.isEmpty()) {
            text.append("All is well: ").append(counted(rules, "rule"));
        } else {
            text.append(counted(errors.size(), "error"));
        }
        return text.append(", ")
                .append(counted(warnings.size(), "warning"))
                .append('.')
                .toString();
    }

    private String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ok", errors.isEmpty());
        json.put("rules", rules);
        json.put("errors", errors);
        json.put("warnings", warnings);
        Map<String, Object> found = new LinkedHashMap<>();
        sorted().forEach((name, topic) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("partitions", topic.partitions());
            one.put("cleanupPolicy", topic.cleanupPolicy());
            found.put(name, one);
        });
        json.put("topics", found);
        return JsonText.of(json);
    }

    private SortedMap<String, Topic> sorted() {
        return new TreeMap<>(topics);
    }

    private static String counted(int count, String noun) {
        return (count == 0 ? "no" : count) + " " + noun + (count == 1 ? "" : "s");
    }
}
