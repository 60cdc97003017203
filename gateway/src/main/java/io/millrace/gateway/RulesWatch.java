package io.millrace.gateway;

import io.millrace.gateway.config.Configuration;
import io.millrace.gateway.config.ConfigurationException;
import io.millrace.gateway.config.Sources;
import io.millrace.gateway.http.ServedRules;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import io.millrace.gateway.observe.Metrics;
import io.millrace.gateway.watch.TextWatch;
import io.millrace.mapping.rule.MappingRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the mapping rules on when what they are written in has changed; what else has changed waits for a restart. */
final class RulesWatch implements ServedRules, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RulesWatch.class);

    private final WrittenRules written;
    private final TextWatch<Sources.Text> watch;

    /**
     * Rules that {@code serve} is given when they have changed.
     *
     * @param text          what was read at the start
     * @param configuration what it says, which is in force
     */
    RulesWatch(
            Sources sources,
            Sources.Text text,
            Configuration configuration,
            Metrics metrics,
            Consumer<MappingRules> serve) {
        this.written = new WrittenRules(sources, configuration, metrics, serve);
        this.watch = new TextWatch<>("rules", written, text);
    }

    /** Begins to watch. */
    void start() {
        watch.start();
    }

    @Override
    public Optional<String> trouble() {
        return watch.trouble();
    }

    @Override
    public Reload reload() {
        Optional<String> trouble = watch.takeNow();
        Holding holding = written.holding;
        return trouble.isPresent()
                ? new Reload.Refused(trouble.get())
                : new Reload.Holding(holding.rules(), holding.warnings());
    }

    @Override
    public void close() {
        watch.close();
    }

    /** What holds. */
    private record Holding(MappingRules rules, List<String> warnings) {}

    /** The rules as they are written. */
    private static final class WrittenRules implements TextWatch.Subject<Sources.Text> {
        private final Sources sources;
        private final Metrics metrics;
        private final Consumer<MappingRules> serve;
        private volatile Holding holding;

        WrittenRules(Sources sources, Configuration configuration, Metrics metrics, Consumer<MappingRules> serve) {
            this.sources = sources;
            this.metrics = metrics;
            this.serve = serve;
            this.holding = new Holding(configuration.mappings(), configuration.warnings());
        }

        @Override
        public Sources.Text read(Sources.Text before) {
            return sources.readAgain(before);
        }

        @Override
        public void take(Sources.Text text) throws TextWatch.Refused {
            boolean isAccepted = false;
            try {
                takeRules(text);
                isAccepted = true;
            } finally {
                metrics.onReload(isAccepted ? Metrics.Reload.ACCEPTED : Metrics.Reload.REFUSED);
            }
        }

        private void takeRules(Sources.Text text) throws TextWatch.Refused {
            Configuration now;
            try {
                now = sources.parse(text);
            } catch (ConfigurationException e) {
                throw new TextWatch.Refused(String.valueOf(e.getMessage()));
            }
            MappingRules rules = now.mappings();
            if (!rules.sharedTopics().equals(holding.rules().sharedTopics())) {
                throw new TextWatch.Refused(
                        "Shared topics, their partitions and their copies change with a restart only: restart the"
                                + " gateway, or write them as they were.");
            }
            boolean isNews = !rules.saysSameAs(holding.rules());
            if (isNews) {
                serve.accept(rules);
            }
            holding = new Holding(rules, now.warnings());
            if (isNews) {
                now.warnings()
                        .forEach(warning -> LOG.warn("{}", LogLine.of("rules").with(LogKey.REASON, warning)));
                LOG.info(
                        "{}",
                        LogLine.of("rules-changed")
                                .with(LogKey.RULES, rules.rules().size()));
            }
        }
    }
}
