package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.data.PageStore.Version;
import io.holisticos.whoop.data.RebuildStore.Row;
import io.holisticos.whoop.data.RebuildStore.Table;
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
 * Derives again what lies in rows because of their payload, replaced versions included, as {@link WhoopStore} did when
 * they came: by the same code. A row that is right already is not written, so a second run changes nothing, and one that
 * was stopped is begun anew. May run beside the service and beside itself. One object for one run.
 */
public final class Rebuild {

    private static final Logger log = LoggerFactory.getLogger(Rebuild.class);

    /** While one waits for the database, the other decrypts and derives. */
    private static final int THREADS = 2;

    /** Of rows that cannot be derived, these many are named in the log. */
    private static final int NAMED = 20;

    private final RebuildStore store;
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
        this.store = new RebuildStore(jdbi);
        this.vault = vault;
        this.reader = reader;
        this.derivation = new Derivation(vault);
    }

    /**
     * What became of the rows of a kind.
     *
     * @param held derived from their payload
     * @param changed those of them that were otherwise before
     * @param withoutPayload left alone: the archive keeps their payload no longer
     * @param unreadable left alone: their payload does not open, or is not of that record
     */
    public record Count(String kind, long held, long changed, long withoutPayload, long unreadable) {

        public long rows() {
            return held + withoutPayload + unreadable;
        }
    }

    /** How far it went; {@code expected} is an estimate. */
    public record Progress(String kind, long done, long expected) {}

    /**
     * Works through all kinds.
     *
     * @param only nobody else's rows; null for everybody's
     * @return one for each kind begun, in the order of the work
     */
    public List<Count> run(@Nullable UserId only) {
        List<Table> tables = Table.all();
        expected =
                tables.stream().mapToLong(table -> store.estimate(table, only)).sum();
        List<Count> counts = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> new Thread(work, "whoop-rebuild"));
        try {
            for (RecordKind<?> each : RecordKind.all()) {
                if (!stopped) {
                    kind = each.word();
                    Tally tally = new Tally();
                    for (Table table : tables) {
                        if (table.kind().equals(each)) {
                            work(new Walk(table, only), tally, threads);
                        }
                    }
                    counts.add(tally.count(each));
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return counts;
    }

    /** Lets the pages under way come to their end, and begins no other. */
    public void stop() {
        stopped = true;
    }

    public boolean isStopped() {
        return stopped;
    }

    public Progress progress() {
        return new Progress(kind, done.sum(), expected);
    }

    private void work(Walk walk, Tally tally, ExecutorService threads) {
        Callable<Boolean> worker = () -> {
            try {
                for (List<Row> page = walk.next(); !page.isEmpty(); page = walk.next()) {
                    derive(walk.table, page, tally);
                    done.add(page.size());
                }
                return true;
            } finally {
                walk.end(); // also for the other thread: either nothing is left, or this one failed
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

    private void derive(Table table, List<Row> page, Tally tally) {
        ArrayNode rows = Json.array();
        Set<UserId> whose = new HashSet<>();
        for (Row row : page) {
            byte[] payload = row.payloadSealed();
            if (payload == null) {
                tally.withoutPayload.increment();
                continue;
            }
            try {
                Version version = version(table.kind(), row, payload);
                ObjectNode derived =
                        version.row().get().put("user_id", row.who().value());
                rows.add(derived.put("archive_hash", WhoopStore.bytea(version.hash())));
                if (PayloadNames.isFormer(row.hash())) { // one of both it will be when this is written
                    rows.add(derived.deepCopy().put("archive_hash", WhoopStore.bytea(version.former())));
                }
                whose.add(row.who());
                tally.held.increment();
            } catch (Vault.Unreadable | IOException e) {
                tally.unreadable.increment();
                name(table, row, e);
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        if (differing || store.anyDiffers(table, rows)) { // where one page differed the next will: no look before
            int changed = store.write(table, rows, whose);
            tally.changed.add(changed);
            differing = changed > 0;
        }
    }

    private <T> Version version(RecordKind<T> kind, Row row, byte[] payload) throws IOException {
        byte[] raw = vault.open(row.who(), Purpose.PAYLOAD, payload);
        T record = reader.read(raw, kind.type());
        Version version = derivation.version(kind, row.who(), new Fetched<>(record, raw), Json.parse(row.sealed()));
        byte[] name = PayloadNames.isFormer(row.hash()) ? version.former() : version.hash();
        if (!Arrays.equals(name, row.hash()) || !version.key().toString().equals(row.key())) {
            throw new OfAnotherRecord();
        }
        return version;
    }

    private void name(Table table, Row row, Exception why) {
        if (named.incrementAndGet() <= NAMED) {
            log.warn(
                    "event=payload_unreadable table={} id={} member={} reason={}",
                    table.name(),
                    table.kind().keyColumns().size() == 1 ? "" : row.key(),
                    vault.inLogs(row.who()),
                    why.getClass().getSimpleName());
        }
    }

    /** The payload is not the one the row names, or tells of another record. */
    private static final class OfAnotherRecord extends IOException {}

    /** A table from its first key to its last; each page is given once. */
    private final class Walk {

        private final Table table;
        private final @Nullable UserId only;
        private @Nullable Row last;
        private boolean ended;

        Walk(Table table, @Nullable UserId only) {
            this.table = table;
            this.only = only;
        }

        /** Empty at the end, and when the rebuild is stopped. */
        synchronized List<Row> next() {
            if (ended || stopped) {
                return List.of();
            }
            List<Row> page = store.after(last, table, only);
            if (!page.isEmpty()) {
                last = page.get(page.size() - 1);
            }
            return page;
        }

        synchronized void end() {
            ended = true;
        }
    }

    private static final class Tally {

        private final LongAdder held = new LongAdder();
        private final LongAdder changed = new LongAdder();
        private final LongAdder withoutPayload = new LongAdder();
        private final LongAdder unreadable = new LongAdder();

        Count count(RecordKind<?> kind) {
            return new Count(kind.word(), held.sum(), changed.sum(), withoutPayload.sum(), unreadable.sum());
        }
    }
}
