package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.data.PageStore.Version;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.util.HexFormat;

/** What lies in a row because of its payload: derived when the record comes, and by a rebuild from the archive. */
final class Derivation {

    private static final ObjectNode NOTHING_HELD = Json.object();

    private final Vault vault;
    private final PayloadNames names;

    Derivation(Vault vault) {
        this.vault = vault;
        this.names = new PayloadNames(vault);
    }

    /** The version of a record that these bytes are. */
    <T> Version version(RecordKind<T> kind, UserId who, Fetched<T> fetched) {
        return version(kind, who, fetched, NOTHING_HELD);
    }

    /**
     * The same where a row of it is held. What is sealed there already stays as it is: sealing is never the same twice.
     *
     * @param held the row's sealed columns
     */
    <T> Version version(RecordKind<T> kind, UserId who, Fetched<T> fetched, JsonNode held) {
        T record = fetched.record();
        byte[] former = PayloadNames.former(fetched.raw());
        return new Version(
                kind.ownKeyOf(who, record),
                kind.changeOf(record),
                names.ofFormer(former),
                former,
                fetched.raw(),
                () -> record instanceof Profile profile ? sealedRow(who, profile, held) : kind.toRow(record));
    }

    private ObjectNode sealedRow(UserId who, Profile profile, JsonNode held) {
        ObjectNode row = Json.object().put("whoop_user_id", profile.userId());
        seal(row, held, "email_sealed", who, Purpose.EMAIL, profile.email());
        seal(row, held, "first_name_sealed", who, Purpose.FIRST_NAME, profile.firstName());
        seal(row, held, "last_name_sealed", who, Purpose.LAST_NAME, profile.lastName());
        return row;
    }

    private void seal(ObjectNode row, JsonNode held, String column, UserId who, String purpose, String plain) {
        String sealed = held.path(column).asText();
        row.put(
                column,
                holds(sealed, who, purpose, plain) ? sealed : WhoopStore.bytea(vault.seal(who, purpose, plain)));
    }

    private boolean holds(String sealed, UserId who, String purpose, String plain) {
        if (!sealed.startsWith("\\x")) {
            return false;
        }
        try {
            return vault.openText(who, purpose, HexFormat.of().parseHex(sealed, 2, sealed.length()))
                    .equals(plain);
        } catch (Vault.Unreadable e) {
            return false;
        }
    }
}
