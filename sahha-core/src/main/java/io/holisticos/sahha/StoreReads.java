package io.holisticos.sahha;

import io.holisticos.command.Command;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import java.util.function.Function;

/**
 * The store as readers have it: behind the command {@code SAHHA_STORE}. One reading is one execution, of however many
 * statements; no reading waits for Sahha.
 */
final class StoreReads {

    private final SahhaStore store;
    private final Command command;

    StoreReads(SahhaStore store, Command command) {
        this.store = store;
        this.command = command;
    }

    <T> T read(Deadline deadline, Function<SahhaStore, T> reading) {
        return command.run(deadline, () -> reading.apply(store));
    }

    /** @param instead what is answered when the store cannot be read */
    <T> T read(Deadline deadline, Function<SahhaStore, T> reading, Function<HealthError, T> instead) {
        return command.run(deadline, () -> reading.apply(store), instead);
    }
}
