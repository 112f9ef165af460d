package io.holisticos.sahha.data;

import io.holisticos.command.Command;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import java.util.function.Function;

/**
 * Reads Sahha's stores for callers who wait, behind the command {@code SAHHA_STORE}. One reading is one execution, of
 * however many statements. No reading waits for Sahha.
 */
public final class StoreCommand {

    private final SahhaStores stores;
    private final Command command;

    public StoreCommand(SahhaStores stores, Command command) {
        this.stores = stores;
        this.command = command;
    }

    /** @throws HealthError when the database cannot be read */
    public <T> T read(Deadline deadline, Function<SahhaStores, T> reading) {
        return command.run(deadline, () -> reading.apply(stores));
    }

    /** @param fallback supplies the answer when the database cannot be read */
    public <T> T read(Deadline deadline, Function<SahhaStores, T> reading, Function<HealthError, T> fallback) {
        return command.run(deadline, () -> reading.apply(stores), fallback);
    }

    /** Reads for a caller whose answer without the rows is a fallback, too: the command counts it as one. */
    public <T> Attempt<T> attempt(Deadline deadline, Function<SahhaStores, T> reading) {
        return this.<Attempt<T>>read(deadline, all -> new Read<>(reading.apply(all)), error -> new NotRead<>(error));
    }

    /** What an attempt to read came to. */
    public sealed interface Attempt<T> {

        /** @throws HealthError why nothing was read */
        T orThrow();
    }

    private record Read<T>(T value) implements Attempt<T> {
        @Override
        public T orThrow() {
            return value;
        }
    }

    private record NotRead<T>(HealthError why) implements Attempt<T> {
        @Override
        public T orThrow() {
            throw why;
        }
    }
}
