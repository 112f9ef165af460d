package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Derives rows from their payloads again, replaced versions included, by the code that derived them when they came. A row that
 * is right is not written: a second run changes nothing, and a run that was stopped can begin again. It may run beside the
 * service and beside another run. One object is for one run.
 */
public final class Rebuild {

    private static final Logger log = LoggerFactory.getLogger(Rebuild.class);

    /** While one thread waits for the database, the other decrypts and derives. */
    private static final int THREADS = 2;

    /** So many rows that cannot be derived are named in the log. */
    private static final int NAMED = 20;

    private final RecordStore store;
    private final Vault vault;
    private final RecordReader reader;
    private final Derivation derivation;
    private final LongAdder done = new LongAdder();
    private final AtomicInteger named = new AtomicInteger();
    private volatile long expected;
    private volatile String kind = "";
    private volatile boolean stopped;
    private volatile boolean differing;

    public Rebuild(Jdbi jdbi, Vault vault, RecordReader reader) {
        this.store = new RecordStore(jdbi);
        this.vault = vault;
        this.reader = reader;
        this.derivation = new Derivation(vault);
    }

    /**
     * What became of the rows of a kind.
     *
     * @param held rows that were derived from their payload
     * @param changed those of them that differed before
     * @param withoutPayload rows left alone, since the archive no longer keeps their payload
     * @param unreadable rows left alone, since their payload does not open or is of another record
     */
    public record Count(String kind, long held, long changed, long withoutPayload, long unreadable) {

        public long rows() {
            return held + withoutPayload + unreadable;
        }
    }

    /** How far the run is; {@code expected} is an estimate. */
    public record Progress(String kind, long done, long expected) {}

    /**
     * Works through all kinds.
     *
     * @param only the member whose rows are derived; null for all members
     * @return one for each kind that was begun, in the order of the work
     */
    public List<Count> run(@Nullable UserId only) {
        List<RecordTable> tables = RecordTable.all();
        expected =
                tables.stream().mapToLong(table -> store.estimate(table, only)).sum();
        List<Count> counts = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> new Thread(work, "whoop-rebuild"));
        try {
            for (RecordKind<?> each : RecordKind.all()) {
                if (!stopped) {
                    kind = each.collection();
                    Counter counter = new Counter();
                    for (RecordTable table : tables) {
                        if (table.kind().equals(each)) {
                            work(new TablePages(table, only), counter, threads);
                        }
                    }
                    counts.add(counter.count(each));
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return counts;
    }

    /** Ends the run after the pages under way. */
    public void stop() {
        stopped = true;
    }

    public boolean isStopped() {
        return stopped;
    }

    public Progress progress() {
        return new Progress(kind, done.sum(), expected);
    }

    private void work(TablePages pages, Counter counter, ExecutorService threads) {
        Callable<Boolean> worker = () -> {
            try {
                for (List<StoredRow> page = pages.next(); !page.isEmpty(); page = pages.next()) {
                    derive(pages.table, page, counter);
                    done.add(page.size());
                }
                return true;
            } finally {
                pages.end(); // also for the other thread: nothing is left, or this thread failed
            }
        };
        try {
            for (Future<Boolean> work : threads.invokeAll(Collections.nCopies(THREADS, worker))) {
                work.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    private void derive(RecordTable table, List<StoredRow> page, Counter counter) {
        ArrayNode rows = Json.array();
        Set<UserId> whose = new HashSet<>();
        for (StoredRow row : page) {
            byte[] payload = row.payloadSealed();
            if (payload == null) {
                counter.withoutPayload.increment();
                continue;
            }
            try {
                RecordVersion version = version(table.kind(), row, payload);
                ObjectNode derived =
                        version.row().get().put("user_id", row.who().value());
                rows.add(derived.put("archive_hash", WhoopStore.bytea(version.hash())));
                if (PayloadNames.isFormer(
                        row.hash())) { // by the time this is written, the row has one hash or the other
                    rows.add(derived.deepCopy().put("archive_hash", WhoopStore.bytea(version.formerHash())));
                }
                whose.add(row.who());
                counter.held.increment();
            } catch (Vault.Unreadable | IOException e) {
                counter.unreadable.increment();
                name(table, row, e);
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        if (differing
                || store.anyDiffers(table, rows)) { // after a page that differed the next one probably differs too
            int changed = store.update(table, rows, whose);
            counter.changed.add(changed);
            differing = changed > 0;
        }
    }

    private <T> RecordVersion version(RecordKind<T> kind, StoredRow row, byte[] payload) throws IOException {
        byte[] raw = vault.open(row.who(), Purpose.PAYLOAD, payload);
        T record = reader.read(raw, kind.type());
        RecordVersion version =
                derivation.version(kind, row.who(), new Fetched<>(record, raw), Json.parse(row.sealed()));
        byte[] name = PayloadNames.isFormer(row.hash()) ? version.formerHash() : version.hash();
        if (!Arrays.equals(name, row.hash()) || !version.key().toString().equals(row.key())) {
            throw new OfAnotherRecord();
        }
        return version;
    }

    private void name(RecordTable table, StoredRow row, Exception why) {
        if (named.incrementAndGet() <= NAMED) {
            log.warn(
                    "event=payload_unreadable table={} id={} member={} reason={}",
                    table.name(),
                    table.kind().keyColumns().size() == 1 ? "" : row.key(),
                    vault.inLogs(row.who()),
                    why.getClass().getSimpleName());
        }
    }

    /** The payload is not the one that the row names, or it is of another record. */
    private static final class OfAnotherRecord extends IOException {}

    /** The pages of a table from its first key to its last. Each is given out once. */
    private final class TablePages {

        private final RecordTable table;
        private final @Nullable UserId only;
        private @Nullable StoredRow last;
        private boolean ended;

        TablePages(RecordTable table, @Nullable UserId only) {
            this.table = table;
            this.only = only;
        }

        /** The next page; empty at the end and when the rebuild is stopped. */
        synchronized List<StoredRow> next() {
            if (ended || stopped) {
                return List.of();
            }
            List<StoredRow> page = store.after(last, table, only);
            if (!page.isEmpty()) {
                last = page.get(page.size() - 1);
            }
            return page;
        }

        synchronized void end() {
            ended = true;
        }
    }

    private static final class Counter {

        private final LongAdder held = new LongAdder();
        private final LongAdder changed = new LongAdder();
        private final LongAdder withoutPayload = new LongAdder();
        private final LongAdder unreadable = new LongAdder();

        Count count(RecordKind<?> kind) {
            return new Count(kind.collection(), held.sum(), changed.sum(), withoutPayload.sum(), unreadable.sum());
        }
    }
}
