package io.millrace.gateway;

import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ConfigurationException;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import io.millrace.mapping.rule.MappingRules;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again and again, and hands its mapping rules on when they have changed. What is wrong is told
 * once, and changes nothing; what else has changed waits for a restart.
 */
final class RulesWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RulesWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Sources sources;
    private final Consumer<MappingRules> serve;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** As it is in force. */
    private Configuration configuration;

    /** As of the last look: what is said twice in a row is no file that is just being written. */
    private MappingRules seen;

    private volatile String trouble = "";

    private RulesWatch(Sources sources, Configuration configuration, Consumer<MappingRules> serve) {
        this.sources = sources;
        this.configuration = configuration;
        this.seen = configuration.mappings();
        this.serve = serve;
    }

    /** Watches what {@code configuration} was read from; {@code serve} is given rules that have changed. */
    static RulesWatch start(Sources sources, Configuration configuration, Consumer<MappingRules> serve) {
        RulesWatch watch = new RulesWatch(sources, configuration, serve);
        Thread.ofVirtual().name("rules-watch").start(watch::run);
        return watch;
    }

    /** Why the rules that are written are not those in force, in words for an operator; empty where they are. */
    Optional<String> trouble() {
        return Optional.of(trouble).filter(text -> !text.isEmpty());
    }

    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        try {
            while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    look();
                } catch (RuntimeException e) {
                    LOG.error("event=rules-not-read", e); // whatever it is, the next look may find better
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody does that; it would be the end all the same
        }
    }

    private void look() {
        Configuration now;
        try {
            now = sources.load();
        } catch (ConfigurationException e) {
            refuse(String.valueOf(e.getMessage()));
            return;
        }
        MappingRules rules = now.mappings();
        boolean isFinished = rules.saysSameAs(seen);
        seen = rules;
        if (!isFinished) {
            return;
        }
        if (!rules.sharedTopics().equals(configuration.mappings().sharedTopics())) {
            refuse(
                    "Shared topics, their partitions and their copies change with a restart only: restart the gateway, or"
                            + " write them as they were.");
            return;
        }
        trouble = "";
        if (rules.saysSameAs(configuration.mappings())) {
            return;
        }
        serve.accept(rules);
        configuration = configuration.withMappings(rules);
        now.warnings().forEach(warning -> LOG.warn("{}", LogLine.of("rules").with(LogKey.REASON, warning)));
        LOG.info(
                "{}",
                LogLine.of("rules-changed").with(LogKey.RULES, rules.rules().size()));
    }

    private void refuse(String reason) {
        if (!reason.equals(trouble)) {
            trouble = reason;
            LOG.warn("{}", LogLine.of("rules-kept").with(LogKey.REASON, reason));
        }
    }
}
