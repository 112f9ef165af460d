package io.holisticos.app.admin.hystrix;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.command.Command;
import io.holisticos.command.Commands;
import io.holisticos.health.SourceName;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tenacity's health check, with its words. Unlike Tenacity's, it names open circuits of a source that can be
 * done without, but stays healthy when only those are open. Without such a source the service is degraded, and it must not
 * be taken out of service for that.
 */
final class OpenCircuitsCheck extends HealthCheck {

    private final Commands commands;
    private final Set<SourceName> dispensable;

    /** @param dispensable the sources without which the service is only degraded */
    OpenCircuitsCheck(Commands commands, Set<SourceName> dispensable) {
        this.commands = commands;
        this.dispensable = Set.copyOf(dispensable);
    }

    @Override
    protected Result check() {
        List<Command> open = commands.all().stream()
                .filter(command -> isOpen(command.state()))
                .toList();
        if (open.isEmpty()) {
            return Result.healthy();
        }
        String named = open.stream()
                .map(command -> command.key().name())
                .collect(Collectors.joining(",", "Open circuit(s): ", ""));
        return open.stream().allMatch(command -> dispensable.contains(command.target()))
                ? Result.healthy(named)
                : Result.unhealthy(named);
    }

    private static boolean isOpen(Command.State state) {
        return switch (state) {
            case OPEN, HALF_OPEN, FORCED_OPEN -> true;
            case CLOSED, FORCED_CLOSED -> false;
        };
    }
}
