package io.holisticos.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VaultTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final UserId BEN = new UserId("demo-ben");
    private static final String PURPOSE = "whoop.refresh_token";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

    private static TestDatabase database;

    @BeforeAll
    static void openDatabase() {
        database = TestDatabase.empty();
        database.jdbi()
                .useHandle(
                        handle -> handle.execute(
                                "create table member_key (user_id varchar(100) primary key,"
                                        + " wrapped_by varchar(100) not null, wrapped_key bytea not null, recorded_at timestamptz not null)"));
    }

    @Test
    void whatIsSealedOpensAgainInAnotherProcess() {
        byte[] sealed = vault(1).seal(ANNA, PURPOSE, "a token");

        assertThat(vault(1).openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("a token");
    }

    @Test
    void refusesAnotherMemberAnotherPurposeAndEveryAlteredByte() {
        Vault vault = vault(1);
        byte[] sealed = vault.seal(ANNA, PURPOSE, "a token");
        vault.seal(BEN, PURPOSE, "another");

        assertThatThrownBy(() -> vault.open(BEN, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThatThrownBy(() -> vault.open(ANNA, "whoop.email", sealed)).isInstanceOf(Vault.Unreadable.class);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, altered)).isInstanceOf(Vault.Unreadable.class);
        }
    }

    @Test
    void whatIsNobodysYetOpensAsLongAsItsKeyIsThereAndAsNothingElse() {
        Vault vault = vault(1);
        byte[] sealed = vault.sealForNobody(PURPOSE, "an event".getBytes(StandardCharsets.UTF_8));

        assertThat(vault(1).openForNobody(PURPOSE, sealed))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("an event");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("an event");
        assertThatThrownBy(() -> vault.openForNobody("whoop.email", sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThatThrownBy(() -> vault(2).openForNobody(PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> vault.openForNobody(PURPOSE, altered)).isInstanceOf(Vault.Unreadable.class);
        }
    }

    @Test
    void aShreddedKeyOpensNothingEverAgain() {
        UserId gone = new UserId("gone");
        Vault vault = vault(1);
        byte[] sealed = vault.seal(gone, PURPOSE, "a token");

        vault.shred(gone);

        assertThatThrownBy(() -> vault.open(gone, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        vault.seal(gone, PURPOSE, "a new life");
        assertThatThrownBy(() -> vault.open(gone, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
    }

    @Test
    void namesTheWrappingKeyThatConfigurationLacks() {
        UserId who = new UserId("wrapped-by-one");
        byte[] sealed = vault(1).seal(who, PURPOSE, "a token");

        assertThatThrownBy(() -> vault(2).open(who, PURPOSE, sealed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("vault.keys lacks k1");
    }

    private static Vault vault(int key) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) key;
        return new Vault(
                database.jdbi(),
                VaultConfiguration.of("k" + key, Base64.getEncoder().encodeToString(bytes)),
                new SecureRandom(),
                CLOCK);
    }
}
