package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.data.RecordStore.PageResult;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Saves a batch of records with as few statements as can be. Which versions are new is guessed by when they changed, and the
 * statement that saves them tells whether the guess was right.
 */
final class PageSaver {

    private final RecordStore records;
    private final Vault vault;

    PageSaver(RecordStore records, Vault vault) {
        this.records = records;
        this.vault = vault;
    }

    /**
     * What changed since the list was last read is taken for new, and the rest for held.
     *
     * @throws AnotherAccount when the member has another account by now; nothing is saved then
     */
    SaveResult save(SaveRequest<?> request, List<RecordVersion> all) {
        List<RecordVersion> versions = withoutRepetitions(all);
        if (versions.isEmpty() && request.batch().coverage() == null) {
            return SaveResult.NOTHING;
        }
        Set<Object> probablyNew = versions.stream()
                .filter(version -> request.batch().isProbablyNew(version.changedAt()))
                .map(RecordVersion::key)
                .collect(Collectors.toSet());
        if (!probablyNew.isEmpty()) {
            return write(request, versions, probablyNew);
        }
        HeldVersions held = records.confirm(request, versions);
        if (held.seen() == versions.size()) {
            return SaveResult.NOTHING;
        }
        Set<Object> notHeld = versions.stream()
                .map(RecordVersion::key)
                .filter(key -> !held.keys().contains(key.toString()))
                .collect(Collectors.toSet());
        return write(request, versions, notHeld);
    }

    private SaveResult write(SaveRequest<?> request, List<RecordVersion> versions, Set<Object> newKeys) {
        Set<Object> repeated = repeatedKeys(versions);
        List<RecordVersion> fresh = new ArrayList<>();
        List<RecordVersion> held = new ArrayList<>();
        for (RecordVersion version : versions) {
            boolean isFresh = newKeys.contains(version.key()) || repeated.contains(version.key());
            (isFresh ? fresh : held).add(version);
        }
        PageResult result = write(request, fresh, held);
        if (result.seen() == held.size()) {
            return result.saved();
        }
        PageResult all = write(request, versions, List.of()); // the guess was wrong: now every version counts as new
        return result.saved().and(all.saved());
    }

    private PageResult write(SaveRequest<?> request, List<RecordVersion> fresh, List<RecordVersion> held) {
        ArrayNode rows = Json.array();
        byte[][] payloads = new byte[fresh.size()][];
        for (int i = 0; i < payloads.length; i++) { // before the statement: sealing may have to fetch a key
            RecordVersion version = fresh.get(i);
            payloads[i] = vault.seal(request.who(), Purpose.PAYLOAD, version.raw());
            rows.add(version.row()
                    .get()
                    .put("user_id", request.who().value())
                    .put("recorded_at", request.now().toString())
                    .put("fetch_begun_at", request.begun().toString())
                    .put("last_fetch_begun_at", request.begun().toString())
                    .put("archive_hash", WhoopStore.bytea(version.hash())));
        }
        return records.write(request, new PageRows(fresh, held, rows.toString(), payloads));
    }

    private static List<RecordVersion> withoutRepetitions(List<RecordVersion> all) {
        Map<String, RecordVersion> once = new LinkedHashMap<>();
        all.forEach(version -> once.putIfAbsent(version.key() + WhoopStore.bytea(version.hash()), version));
        return List.copyOf(once.values());
    }

    /** Keys of which the batch has two versions: the statement has to choose between them. */
    private static Set<Object> repeatedKeys(List<RecordVersion> versions) {
        Set<Object> once = new HashSet<>();
        return versions.stream()
                .map(RecordVersion::key)
                .filter(key -> !once.add(key))
                .collect(Collectors.toSet());
    }
}
