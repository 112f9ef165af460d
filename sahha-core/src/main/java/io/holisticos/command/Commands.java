package io.holisticos.command;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.SourceName;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/** Every command of this process, with its gauges. Thread-safe. */
public final class Commands {

    private final Map<String, Command> byKey = new ConcurrentSkipListMap<>();
    private final String group;
    private final MetricRegistry metrics;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private volatile ExecutionListener listener = (key, totalNanos) -> {};

    /**
     * Creates a registry without commands.
     *
     * @param clock for moments that people read
     * @param nanoTime measures every duration; never goes backwards
     */
    public Commands(CommandsConfiguration configuration, MetricRegistry metrics, Clock clock, LongSupplier nanoTime) {
        this.group = configuration.group;
        this.metrics = metrics;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** All commands, ordered by key. */
    public List<Command> all() {
        return List.copyOf(byKey.values());
    }

    public Optional<Command> find(String key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** Reports the executions of every command to this listener from now on, and to no other. */
    public void onExecution(ExecutionListener listener) {
        this.listener = listener;
    }

    private void executed(CommandKey key, long totalNanos) {
        listener.executed(key, totalNanos);
    }

    /**
     * Registers a command and its gauges.
     *
     * @param target the system that its failures name
     */
    public Command add(SourceName target, CommandKey key, CommandConfiguration configuration) {
        Command command =
                new Command(target, key, configuration, new Command.Shared(group, clock, nanoTime, this::executed));
        if (byKey.putIfAbsent(key.name(), command) != null) {
            throw new IllegalStateException("the command " + key + " is registered already");
        }
        Gauges.register(command, metrics, nanoTime);
        return command;
    }

    /** The registry that holds the gauges of all commands. */
    public MetricRegistry metrics() {
        return metrics;
    }
}
