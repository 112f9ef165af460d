package io.holisticos.app;

import io.holisticos.app.flags.Flags;
import io.holisticos.cache.SecondLevel;
import io.holisticos.command.Commands;
import io.holisticos.health.BoundedSource;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.vault.Vault;
import jakarta.ws.rs.client.Client;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/** What modules stand on: of the service, or of its warm-up. */
record Ground(Databases databases, Outside outside, Threads threads, Switches switches, Clock clock) {

    /** @param whoop empty when WHOOP is not configured */
    record Databases(Database sahha, Optional<WhoopDatabase> whoop) {}

    /** @param agreed the clock that all replicas of this database agree on */
    record WhoopDatabase(Database database, Clock agreed) {}

    /** Whom modules call, and what they do by themselves. */
    record Outside(Clients clients, Jobs.Maker jobs, SharedLevel shared) {}

    /** Makes the level of kept answers that replicas share. */
    @FunctionalInterface
    interface SharedLevel {
        SecondLevel make(Optional<Vault> vault, List<BoundedSource> sources);
    }

    /** Makes the client of one system. */
    @FunctionalInterface
    interface Clients {
        Client make(OutboundConfiguration configuration, String name);
    }

    /**
     * Threads of the service.
     *
     * @param reading read sources, so that no source can hold up a caller
     * @param overviews read many members for one request
     */
    record Threads(Executor reading, ExecutorService overviews) {}

    /** What operators see and set. */
    record Switches(Flags flags, Commands commands) {}
}
