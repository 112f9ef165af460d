package io.holisticos.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class MemberHashTest {

    private static final UserId ANNA = new UserId("demo-anna");

    @Test
    void namesAMemberAlwaysTheSameAndNobodyElseSo() {
        MemberHash hash = hashBy(1);

        assertThat(hash.of(ANNA)).matches("[0-9a-f]{16}").isEqualTo(hashBy(1).of(ANNA));
        assertThat(hash.of(new UserId("demo-ben"))).isNotEqualTo(hash.of(ANNA));
    }

    @Test
    void aRotatedKeyGivesNewNames() {
        assertThat(hashBy(2).of(ANNA)).isNotEqualTo(hashBy(1).of(ANNA));
    }

    @Test
    void printsNoKey() {
        assertThat(hashBy(1)).hasToString("MemberHash");
    }

    private static MemberHash hashBy(int keyByte) {
        byte[] key = new byte[32];
        key[0] = (byte) keyByte;
        return MemberHash.of(OneVaultKey.of("k1", Base64.getEncoder().encodeToString(key)));
    }
}
