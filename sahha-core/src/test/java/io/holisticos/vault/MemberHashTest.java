package io.holisticos.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.UserId;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import javax.crypto.MacSpi;
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
    void aSecurityProviderThatCannotCopyEndsTheStart() {
        Security.insertProviderAt(new ProviderWithoutCopies(), 1);
        try {
            assertThatThrownBy(() -> hashBy(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(ProviderWithoutCopies.NAME);
        } finally {
            Security.removeProvider(ProviderWithoutCopies.NAME);
        }
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

    /** As of some hardware: what it computes with stays inside. */
    private static final class ProviderWithoutCopies extends Provider {

        static final String NAME = "WithoutCopies";

        ProviderWithoutCopies() {
            super(NAME, "1", "HMACs that cannot be copied");
            put("Mac.HmacSHA256", WithoutCopies.class.getName());
        }
    }

    /** What anybody would compute by it does not matter here. */
    public static final class WithoutCopies extends MacSpi {

        @Override
        protected int engineGetMacLength() {
            return 32;
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec parameters) {}

        @Override
        protected void engineUpdate(byte input) {}

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {}

        @Override
        protected byte[] engineDoFinal() {
            return new byte[32];
        }

        @Override
        protected void engineReset() {}
    }
}
