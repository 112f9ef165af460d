package io.holisticos.outbound;

import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import jakarta.ws.rs.client.Client;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Calls one other system. What happens to a call is the list of steps in the constructor. Thread-safe. */
public final class Outbound {

    /** Used when the other side asks us to come back later without saying when. */
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofMinutes(1);

    private final SourceName target;
    private final OutboundConfiguration configuration;
    private final Commands commands;
    private final Map<CommandKey, Command> announced;
    private final Budget budget;
    private final List<Step> steps;

    private Outbound(
            SourceName target,
            Client client,
            OutboundConfiguration configuration,
            Commands commands,
            Permission permission) {
        this.target = target;
        this.configuration = configuration;
        this.commands = commands;
        this.announced = new ConcurrentHashMap<>();
        this.budget = permission.budget();
        this.steps = List.of(
                new DeadlineStep(target),
                new RetryStep(target, configuration),
                new BreakerStep(target, this::command),
                new BulkheadStep(this::command),
                new BudgetStep(permission.budget()),
                new AuthorizationStep(permission.authorization()),
                new SendStep(target, client, configuration, commands.metrics()));
    }

    /** The same steps and commands with another budget. */
    private Outbound(Outbound other, Budget budget) {
        this.target = other.target;
        this.configuration = other.configuration;
        this.commands = other.commands;
        this.announced = other.announced;
        this.budget = budget;
        this.steps = other.steps.stream()
                .map(step -> step instanceof BudgetStep ? new BudgetStep(budget) : step)
                .toList();
    }

    /** The two ports that let a call out. */
    private record Permission(Budget budget, Authorization authorization) {}

    /** Creates the steps to {@code target}. The client is kept and not closed. Commands must be announced before their first call. */
    public static Outbound to(
            SourceName target,
            Client client,
            OutboundConfiguration configuration,
            Commands commands,
            Budget budget,
            Authorization authorization) {
        return new Outbound(target, client, configuration, commands, new Permission(budget, authorization));
    }

    /** Registers commands, each with threads of its own, so that their metrics exist before the first call. */
    public Outbound announce(CommandKey... keys) {
        return announce(Isolation.THREAD, keys);
    }

    /** Registers commands that run on the caller's thread and are never interrupted. */
    public Outbound announceUninterrupted(CommandKey... keys) {
        return announce(Isolation.SEMAPHORE, keys);
    }

    private Outbound announce(Isolation isolation, CommandKey... keys) {
        for (CommandKey key : keys) {
            announced.put(key, commands.add(target, key, configuration.of(key, isolation)));
        }
        return this;
    }

    /** Counts a call of this key that was saved because another caller was already making the same one. */
    public void answeredFromCache(CommandKey key) {
        command(key).answeredFromCache();
    }

    /** The same steps and breakers with another budget. */
    public Outbound on(Budget budget) {
        return new Outbound(this, budget);
    }

    /**
     * Makes the call.
     *
     * @return the reply of any status below 500 except 429; the caller decides what a 404 means
     * @throws SourceThrottled at 429, or when our own budget is spent
     * @throws SourceUnavailable at 5xx, without a reply in time, with an open breaker, or with a full bulkhead
     * @throws io.holisticos.health.HealthError.BadSourceReply when the reply is too large
     */
    public Reply call(Call call, Deadline deadline) {
        Reply reply = from(0).go(call, deadline);
        if (reply.status() == 429) {
            throw new SourceThrottled(target, budget.retryAfter(reply).orElse(DEFAULT_RETRY_AFTER));
        }
        if (reply.status() >= 500) {
            throw new SourceUnavailable(
                    target, budget.retryAfter(reply).orElse(DEFAULT_RETRY_AFTER), new FailedReply(call, reply));
        }
        return reply;
    }

    /** The command keys whose breaker is open. */
    public Set<String> openBreakers() {
        return announced.values().stream()
                .filter(command ->
                        command.state() == Command.State.OPEN || command.state() == Command.State.FORCED_OPEN)
                .map(command -> command.key().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Command command(CommandKey key) {
        Command command = announced.get(key);
        if (command == null) {
            throw new IllegalStateException("the command " + key + " was not announced");
        }
        return command;
    }

    /**
     * The state of each breaker by command key: closed, open, half_open, forced_open or forced_closed. Commands that were
     * never called are left out.
     */
    public SortedMap<String, String> breakerStates() {
        SortedMap<String, String> states = new TreeMap<>();
        announced.values().stream()
                .filter(Command::hasExecuted)
                .forEach(command ->
                        states.put(command.key().name(), command.state().name().toLowerCase(Locale.ROOT)));
        return states;
    }

    private Step.Next from(int index) {
        return (call, deadline) -> steps.get(index).run(call, deadline, from(index + 1));
    }
}
