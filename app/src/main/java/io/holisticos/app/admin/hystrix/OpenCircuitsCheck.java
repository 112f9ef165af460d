package io.holisticos.app.admin.hystrix;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.command.Command;
import io.holisticos.command.Commands;
import java.util.List;

/**
 * Tenacity's health check, with its words. Unlike Tenacity's, it names open circuits of WHOOP but stays healthy when
 * only those are open. Without WHOOP the service is degraded, and it must not be taken out of service for that.
 */
final class OpenCircuitsCheck extends HealthCheck {

    private static final String WHOOP = "WHOOP_";

    private final Commands commands;

    OpenCircuitsCheck(Commands commands) {
        this.commands = commands;
    }

    @Override
    protected Result check() {
        List<String> open = commands.all().stream()
                .filter(command -> isOpen(command.state()))
                .map(command -> command.key().name())
                .toList();
        if (open.isEmpty()) {
            return Result.healthy();
        }
        String named = "Open circuit(s): " + String.join(",", open);
        return open.stream().allMatch(key -> key.startsWith(WHOOP)) ? Result.healthy(named) : Result.unhealthy(named);
    }

    private static boolean isOpen(Command.State state) {
        return switch (state) {
            case OPEN, HALF_OPEN, FORCED_OPEN -> true;
            case CLOSED, FORCED_CLOSED -> false;
        };
    }
}
