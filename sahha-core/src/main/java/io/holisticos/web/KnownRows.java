package io.holisticos.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import io.holisticos.web.ApiKeyStore.Hash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table of secrets, known by their hash. A row stays in memory until a notice about it arrives; what is not in the
 * table is not kept. While the database does not answer, rows that are known stay valid for ten minutes. Thread-safe.
 */
final class KnownRows<R> {

    /** Longer than any entry is fresh. */
    private static final long EXPIRED = Duration.ofHours(1).toNanos();

    /** How long an entry is fresh. A change without a notice, such as a row deleted by hand, is seen after that. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** How long while no notices arrive: half of the two seconds within which every replica must see a change. */
    private static final Duration FRESH_WITHOUT_NOTICES = Duration.ofSeconds(1);

    private static final Duration VALID_WITHOUT_DATABASE = Duration.ofMinutes(10);

    private final Function<Hash, Optional<R>> table;
    private final BiPredicate<Hash, R> isCurrent;
    private final Clock clock;
    private final Cache<Hash, Known<R>> known;
    private final AtomicLong changes = new AtomicLong();
    private volatile BooleanSupplier noticesArrive = () -> true;

    /**
     * A row of the table.
     *
     * @param validAt when the table last showed it
     * @param atNanos when it was last looked up, successfully or not
     */
    private record Known<R>(R row, Instant validAt, long atNanos) {

        Known<R> lookedUpAt(long nanos) {
            return new Known<>(row, validAt, nanos);
        }
    }

    /**
     * Knows nothing yet.
     *
     * @param isCurrent whether a row counts at this moment; one that does not is as good as none, and read anew
     * @param most how many rows are kept
     */
    KnownRows(Function<Hash, Optional<R>> table, BiPredicate<Hash, R> isCurrent, int most, Clock clock) {
        this.table = table;
        this.isCurrent = isCurrent;
        this.clock = clock;
        this.known = Caffeine.newBuilder().maximumSize(most).build();
    }

    /** From now on a row that is changed on one replica is read anew by all. */
    void listenTo(ChangeNotices notices, String topic) {
        noticesArrive = notices::areHeard;
        notices.listen(topic, new NoticeListener() {
            @Override
            public void changed(String hash) {
                forget(new Hash(hash));
            }

            @Override
            public void missed() {
                changes.incrementAndGet();
                known.asMap().replaceAll((hash, entry) -> entry.lookedUpAt(entry.atNanos() - EXPIRED));
            }
        });
    }

    void forget(Hash hash) {
        changes.incrementAndGet();
        known.invalidate(hash);
    }

    /** @throws SourceUnavailable when the database does not answer and the row is not known, or no longer */
    Optional<R> find(Hash hash) {
        Known<R> entry = known.getIfPresent(hash);
        return entry != null && isFresh(entry) && isValid(hash, entry) ? Optional.of(entry.row()) : lookUp(hash, entry);
    }

    /**
     * A row in memory.
     *
     * @param isFresh whether {@link #find} would not read the table
     */
    record Held<R>(R row, boolean isFresh) {}

    /** What memory holds, without waiting for the table. */
    Optional<Held<R>> held(Hash hash) {
        return Optional.ofNullable(known.getIfPresent(hash))
                .filter(entry -> isValid(hash, entry))
                .map(entry -> new Held<>(entry.row(), isFresh(entry)));
    }

    private Optional<R> lookUp(Hash hash, @Nullable Known<R> before) {
        long changesBefore = changes.get();
        Instant now = clock.instant();
        try {
            Optional<Known<R>> found = table.apply(hash)
                    .filter(row -> isCurrent.test(hash, row))
                    .map(row -> new Known<>(row, now, System.nanoTime()));
            found.ifPresentOrElse(row -> remember(hash, row, changesBefore), () -> known.invalidate(hash));
            return found.map(Known::row);
        } catch (SourceUnavailable away) {
            if (before == null || !isValid(hash, before)) {
                throw away;
            }
            // so that the next callers do not wait for a database that hangs
            remember(hash, before.lookedUpAt(System.nanoTime()), changesBefore);
            return Optional.of(before.row());
        }
    }

    /** If a notice arrived while the table was read, the entry is not fresh, and the next caller reads again. */
    private void remember(Hash hash, Known<R> found, long changesBefore) {
        known.put(hash, changes.get() == changesBefore ? found : found.lookedUpAt(found.atNanos() - EXPIRED));
    }

    private boolean isFresh(Known<R> entry) {
        Duration fresh = noticesArrive.getAsBoolean() ? FRESH : FRESH_WITHOUT_NOTICES;
        return System.nanoTime() - entry.atNanos() < fresh.toNanos();
    }

    private boolean isValid(Hash hash, Known<R> entry) {
        return isCurrent.test(hash, entry.row())
                && clock.instant().isBefore(entry.validAt().plus(VALID_WITHOUT_DATABASE));
    }
}
