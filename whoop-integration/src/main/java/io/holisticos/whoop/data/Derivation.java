package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;

/** Derives a row from its payload, when the record comes and when a rebuild reads the archive. */
final class Derivation {

    private static final ObjectNode NOTHING_HELD = Json.object();

    private final Vault vault;
    private final PayloadNames names;

    Derivation(Vault vault) {
        this.vault = vault;
        this.names = new PayloadNames(vault);
    }

    /** The version of a record that was fetched. */
    <T> RecordVersion version(RecordKind<T> kind, UserId who, Fetched<T> fetched) {
        return version(kind, who, fetched, NOTHING_HELD);
    }

    /**
     * The version of a record of which a row is held. A value that the row holds already stays sealed as it is: sealing never
     * gives the same bytes twice.
     *
     * @param held the row's sealed columns
     */
    <T> RecordVersion version(RecordKind<T> kind, UserId who, Fetched<T> fetched, JsonNode held) {
        T record = fetched.record();
        byte[] formerHash = PayloadNames.former(fetched.raw());
        return new RecordVersion(
                kind.ownKeyOf(who, record),
                kind.changeOf(record),
                names.ofFormer(formerHash),
                formerHash,
                fetched.raw(),
                () -> sealed(kind, who, kind.toRow(record), held));
    }

    private ObjectNode sealed(RecordKind<?> kind, UserId who, ObjectNode row, JsonNode held) {
        kind.sealedColumns().forEach((column, purpose) -> {
            String plain = row.path(column).asText();
            String sealed = held.path(column).asText();
            row.put(
                    column,
                    holds(sealed, who, purpose, plain) ? sealed : WhoopStore.bytea(vault.seal(who, purpose, plain)));
        });
        return row;
    }

    private boolean holds(String sealed, UserId who, String purpose, String plain) {
        if (!sealed.startsWith("\\x")) {
            return false;
        }
        try {
            return vault.openText(who, purpose, WhoopStore.bytes(sealed)).equals(plain);
        } catch (Vault.Unreadable e) {
            return false;
        }
    }
}
