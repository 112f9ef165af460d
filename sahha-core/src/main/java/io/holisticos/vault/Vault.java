package io.holisticos.vault;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import io.holisticos.health.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * Authenticated encryption (AES-256-GCM by Tink) with one data key per member. What is sealed for one member and purpose
 * opens for no other. Erasing a member's key makes everything sealed for them unreadable, backups included. Thread-safe.
 */
public final class Vault {

    private static final Duration KEY_STAYS_IN_MEMORY = Duration.ofMinutes(10);
    private static final long KEYS_IN_MEMORY = 20_000;

    private final MemberKeyStore store;
    private final Map<String, Aead> wrappers;
    private final String currentWrapper;
    private final SecureRandom random;
    private final Clock clock;
    private final Cache<UserId, Aead> keys = Caffeine.newBuilder()
            .maximumSize(KEYS_IN_MEMORY)
            .expireAfterWrite(KEY_STAYS_IN_MEMORY)
            .build();

    /** Keys are kept in table {@code member_key} of this database. */
    public Vault(Jdbi database, VaultConfiguration configuration, SecureRandom random, Clock clock) {
        this.store = new MemberKeyStore(database);
        this.wrappers = new HashMap<>();
        configuration.keys.forEach(
                (id, key) -> wrappers.put(id, aead(Base64.getDecoder().decode(key))));
        this.currentWrapper = configuration.currentKey;
        this.random = random;
        this.clock = clock;
    }

    /**
     * Seals bytes for one member and purpose.
     *
     * @param purpose what the bytes are, such as {@code whoop.refresh_token}; needed again to open them
     */
    public byte[] seal(UserId who, String purpose, byte[] plain) {
        try {
            return keyOf(who).encrypt(plain, context(who, purpose));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal " + purpose, e);
        }
    }

    public byte[] seal(UserId who, String purpose, String plain) {
        return seal(who, purpose, plain.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws Unreadable when the bytes were altered, belong to another member or purpose, or the key was erased */
    public byte[] open(UserId who, String purpose, byte[] sealed) {
        Aead key = keys.getIfPresent(who);
        if (key == null) {
            key = store.find(who).map(held -> remembered(who, held)).orElseThrow(() -> new Unreadable(purpose));
        }
        try {
            return key.decrypt(sealed, context(who, purpose));
        } catch (GeneralSecurityException e) {
            throw new Unreadable(purpose);
        }
    }

    public String openText(UserId who, String purpose, byte[] sealed) {
        return new String(open(who, purpose, sealed), StandardCharsets.UTF_8);
    }

    /**
     * Seals bytes of which nobody knows yet whose they are, with the current wrapping key itself.
     *
     * @return with the key's id, so that they open as long as that key stays in the configuration
     */
    public byte[] sealForNobody(String purpose, byte[] plain) {
        byte[] id = currentWrapper.getBytes(StandardCharsets.UTF_8);
        try {
            byte[] sealed = wrapper(currentWrapper).encrypt(plain, context(purpose));
            return ByteBuffer.allocate(Integer.BYTES + id.length + sealed.length)
                    .putInt(id.length)
                    .put(id)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal " + purpose, e);
        }
    }

    /** @throws Unreadable when the bytes were altered or are of another purpose */
    public byte[] openForNobody(String purpose, byte[] sealed) {
        ByteBuffer bytes = ByteBuffer.wrap(sealed);
        int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new Unreadable(purpose);
        }
        String id = new String(sealed, Integer.BYTES, length, StandardCharsets.UTF_8);
        Aead wrapper = wrappers.get(id);
        if (wrapper == null) {
            throw new Unreadable(purpose);
        }
        try {
            return wrapper.decrypt(Arrays.copyOfRange(sealed, Integer.BYTES + length, sealed.length), context(purpose));
        } catch (GeneralSecurityException e) {
            throw new Unreadable(purpose);
        }
    }

    /** Erases the member's key: nothing sealed for them opens ever again. */
    public void shred(UserId who) {
        store.delete(who);
        keys.invalidate(who);
    }

    private Aead keyOf(UserId who) {
        Aead held = keys.getIfPresent(who);
        if (held != null) {
            return held;
        }
        return store.find(who).map(wrapped -> remembered(who, wrapped)).orElseGet(() -> {
            byte[] fresh = new byte[VaultConfiguration.KEY_BYTES];
            random.nextBytes(fresh);
            store.saveIfAbsent(who, new MemberKeyStore.Wrapped(currentWrapper, wrap(who, fresh)), clock.instant());
            // another process may have been first: its key counts
            return remembered(who, store.find(who).orElseThrow(() -> new Unreadable("member key")));
        });
    }

    private Aead remembered(UserId who, MemberKeyStore.Wrapped wrapped) {
        Aead key = unwrap(who, wrapped);
        keys.put(who, key);
        return key;
    }

    private byte[] wrap(UserId who, byte[] key) {
        try {
            return wrapper(currentWrapper).encrypt(key, context(who, "member_key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wrap a member key", e);
        }
    }

    private Aead unwrap(UserId who, MemberKeyStore.Wrapped wrapped) {
        try {
            return aead(wrapper(wrapped.wrappedBy()).decrypt(wrapped.bytes(), context(who, "member_key")));
        } catch (GeneralSecurityException e) {
            throw new Unreadable("member key");
        }
    }

    private Aead wrapper(String id) {
        Aead wrapper = wrappers.get(id);
        if (wrapper == null) {
            throw new IllegalStateException("vault.keys lacks " + id + ", which wraps keys of members");
        }
        return wrapper;
    }

    private static byte[] context(UserId who, String purpose) {
        return (purpose + '\n' + who.value()).getBytes(StandardCharsets.UTF_8);
    }

    /** Differs from every member's: their ids are not empty. */
    private static byte[] context(String purpose) {
        return (purpose + '\n').getBytes(StandardCharsets.UTF_8);
    }

    private static Aead aead(byte[] key) {
        try {
            return new AesGcmJce(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an AES-256 key", e);
        }
    }

    /** Sealed bytes that do not open: altered, of another member or purpose, or their key is gone. */
    public static final class Unreadable extends RuntimeException {
        private Unreadable(String purpose) {
            super("sealed " + purpose + " does not open");
        }
    }
}
