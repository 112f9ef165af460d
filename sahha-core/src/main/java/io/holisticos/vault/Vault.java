package io.holisticos.vault;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.crypto.tink.Aead;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import io.holisticos.vault.VaultStore.StoredKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;

/**
 * Authenticated encryption (AES-256-GCM by Tink) with one data key per member. A value that is sealed for one member and
 * purpose opens for no other. When a member's key is destroyed, nothing that was sealed for them opens again, not even in a
 * backup. Thread-safe.
 */
public final class Vault {

    private static final String HMAC = "HmacSHA256";

    static final SourceName NAME = new SourceName("vault");

    static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    static final Duration UNTIL_AN_OPERATOR_ACTED = Duration.ofMinutes(1);

    private static final Duration KEY_STAYS_IN_MEMORY = Duration.ofMinutes(10);
    private static final long KEYS_IN_MEMORY = 20_000;

    /** For this long after a value that did not open, health reports it. */
    private static final Duration REPORTED_FOR = Duration.ofMinutes(10);

    private final VaultStore store;
    private final WrappingKeys wrappingKeys;
    private final SecureRandom random;
    private final Clock clock;
    private final MemberHash memberHash;
    private final AtomicLong destructions = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile Instant lastFailureAt = Instant.MIN;
    private final Map<String, SecretKeySpec> namedKeys = new ConcurrentHashMap<>();
    private final Cache<UserId, Aead> keys = Caffeine.newBuilder()
            .maximumSize(KEYS_IN_MEMORY)
            .expireAfterWrite(KEY_STAYS_IN_MEMORY)
            .build();

    /** A vault with its keys in this database. */
    public Vault(Jdbi database, VaultConfiguration configuration, SecureRandom random, Clock clock) {
        this.store = new VaultStore(database);
        this.wrappingKeys = new WrappingKeys(configuration, store, clock);
        this.random = random;
        this.clock = clock;
        this.memberHash = MemberHash.of(configuration);
    }

    /** From here on a key that is destroyed at one replica is dropped from memory by all. */
    public void listenTo(ChangeNotices notices) {
        notices.listen(VaultStore.TOPIC, new NoticeListener() {
            @Override
            public void changed(String who) {
                forget(new UserId(who));
            }

            @Override
            public void missed() {
                destructions.incrementAndGet();
                keys.invalidateAll();
                wrappingKeys.requireProven(); // the database can be reached again
            }
        });
    }

    /**
     * Makes sure that the keys of the configuration are those with which the database was sealed. Until that is done, nothing
     * is sealed or opened, and each use tries it first.
     *
     * @throws WrongKey when they are not
     * @throws SourceUnavailable when the database cannot be reached
     */
    public void prove() {
        wrappingKeys.prove();
    }

    /** What is wrong with the configured keys, for operators; empty while no error in them is known. */
    public Optional<String> wrongKey() {
        return Optional.ofNullable(wrappingKeys.wrong()).map(WrongKey::getMessage);
    }

    /** Why sealed values do not open, or lately did not, for operators; empty when they do. */
    public Optional<String> trouble() {
        Optional<String> wrong = wrongKey();
        if (wrong.isPresent()) {
            return wrong;
        }
        if (!wrappingKeys.areProven()) {
            return Optional.of("vault.keys were not checked against the database yet: is it up, and migrated?");
        }
        if (lastFailureAt.plus(REPORTED_FOR).isAfter(clock.instant())) {
            return Optional.of(failures.get() + " times since the start a sealed value did not open, the last time at "
                    + lastFailureAt.truncatedTo(ChronoUnit.SECONDS) + ": were rows altered or restored?");
        }
        return Optional.empty();
    }

    /**
     * Seals bytes for one member and purpose.
     *
     * @param purpose the kind of value, such as {@code whoop.refresh_token}; needed again to open it
     * @throws SourceUnavailable when nothing can be sealed for the member for now
     */
    public byte[] seal(UserId who, String purpose, byte[] plain) {
        wrappingKeys.requireProven();
        try {
            return keyOf(who).encrypt(plain, context(who, purpose));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal " + purpose, e);
        } catch (Unreadable e) {
            throw new SourceUnavailable(NAME, UNTIL_AN_OPERATOR_ACTED, e);
        }
    }

    public byte[] seal(UserId who, String purpose, String plain) {
        return seal(who, purpose, plain.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Opens bytes that were sealed for this member and purpose.
     *
     * @throws Destroyed when the member's key was destroyed, so that they never open again
     * @throws Unreadable when the bytes were altered, belong to another member or purpose, or their key does not open: that
     *     is a fault of ours and no reason to change anything of the member
     * @throws SourceUnavailable when that cannot be found out for now
     */
    public byte[] open(UserId who, String purpose, byte[] sealed) {
        wrappingKeys.requireProven();
        Aead cached = keys.getIfPresent(who);
        Aead key = cached == null ? storedKey(who, purpose) : cached;
        try {
            return key.decrypt(sealed, context(who, purpose));
        } catch (GeneralSecurityException e) {
            throw unreadable(purpose);
        }
    }

    /** As {@link #open}. */
    public String openText(UserId who, String purpose, byte[] sealed) {
        return new String(open(who, purpose, sealed), StandardCharsets.UTF_8);
    }

    /** Whether the member's key is in memory, so that {@link #sealAtHand} and {@link #openAtHand} work without the database. */
    public boolean hasAtHand(UserId who) {
        return keys.getIfPresent(who) != null;
    }

    /** Takes the keys that these members have into memory, with one statement. None is made. */
    public void takeToHand(List<UserId> members) {
        wrappingKeys.requireProven();
        long before = destructions.get();
        store.findMemberKeys(members).forEach((who, stored) -> {
            Aead unused = cached(who, stored, before);
        });
    }

    /** As {@link #seal}, with a key that is in memory; empty when it is not. */
    public Optional<byte[]> sealAtHand(UserId who, String purpose, byte[] plain) {
        Aead key = keys.getIfPresent(who);
        try {
            return key == null ? Optional.empty() : Optional.of(key.encrypt(plain, context(who, purpose)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal " + purpose, e);
        }
    }

    /**
     * As {@link #open}, with a key that is in memory; empty when it is not, or when the bytes do not open. They come from where
     * anything may be: that they do not open is no trouble of the vault.
     */
    public Optional<byte[]> openAtHand(UserId who, String purpose, byte[] sealed) {
        Aead key = keys.getIfPresent(who);
        try {
            return key == null ? Optional.empty() : Optional.of(key.decrypt(sealed, context(who, purpose)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** The name of the member in log lines; see {@link MemberHash}. */
    public String inLogs(UserId who) {
        return memberHash.of(who);
    }

    /**
     * Seals bytes of which the member is not known yet, with the current wrapping key itself.
     *
     * @return the sealed bytes behind that key's id, so that they open as long as the configuration has that key
     */
    public byte[] sealForNobody(String purpose, byte[] plain) {
        wrappingKeys.requireProven();
        byte[] id = wrappingKeys.current().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] sealed = wrappingKeys.currentKey().encrypt(plain, context(purpose));
            return ByteBuffer.allocate(Integer.BYTES + id.length + sealed.length)
                    .putInt(id.length)
                    .put(id)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal " + purpose, e);
        }
    }

    /**
     * Opens bytes that {@link #sealForNobody} has sealed.
     *
     * @throws Unreadable when the bytes were altered or are of another purpose
     */
    public byte[] openForNobody(String purpose, byte[] sealed) {
        wrappingKeys.requireProven();
        ByteBuffer bytes = ByteBuffer.wrap(sealed);
        int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw unreadable(purpose);
        }
        String id = new String(sealed, Integer.BYTES, length, StandardCharsets.UTF_8);
        Aead wrapper = wrappingKeys.find(id).orElseThrow(() -> unreadable(purpose));
        try {
            return wrapper.decrypt(Arrays.copyOfRange(sealed, Integer.BYTES + length, sealed.length), context(purpose));
        } catch (GeneralSecurityException e) {
            throw unreadable(purpose);
        }
    }

    /**
     * A value by which the same bytes can be recognized, but a guess at them cannot be tested without our keys: HMAC-SHA-256
     * with a key of this database's own, which is made at the first use.
     *
     * @param key the name of that key; another key gives other fingerprints
     * @throws SourceUnavailable when the key cannot be read for now
     */
    public byte[] fingerprint(String key, byte[] bytes) {
        wrappingKeys.requireProven();
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(namedKey(key));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        } catch (Unreadable e) {
            throw new SourceUnavailable(NAME, UNTIL_AN_OPERATOR_ACTED, e);
        }
    }

    private SecretKeySpec namedKey(String name) {
        SecretKeySpec cached = namedKeys.get(name);
        if (cached != null) {
            return cached;
        }
        StoredKey stored = store.findNamedKey(name).orElseGet(() -> {
            store.saveNamedKeyIfAbsent(name, wrappingKeys.wrap(name, freshKey()), clock.instant());
            // another process may have been first, and its key counts
            return store.findNamedKey(name).orElseThrow(() -> unreadable(name));
        });
        SecretKeySpec key = wrappingKeys
                .unwrap(name, stored.key())
                .map(bytes -> new SecretKeySpec(bytes, HMAC))
                .orElseThrow(() -> unreadable(name));
        if (stored.committed()) {
            namedKeys.put(name, key);
        }
        return key;
    }

    private byte[] freshKey() {
        byte[] fresh = new byte[VaultConfiguration.KEY_BYTES];
        random.nextBytes(fresh);
        return fresh;
    }

    /** Destroys the member's key on every replica: nothing that was sealed for them ever opens again. */
    public void shred(UserId who) {
        store.destroyMemberKey(who, clock.instant());
        forget(who);
    }

    private void forget(UserId who) {
        destructions.incrementAndGet();
        keys.invalidate(who);
    }

    private Aead storedKey(UserId who, String purpose) {
        long before = destructions.get();
        Optional<StoredKey> stored = store.findMemberKey(who);
        if (stored.isPresent()) {
            return cached(who, stored.get(), before);
        }
        throw store.isDestroyed(who) ? new Destroyed(purpose) : unreadable(purpose);
    }

    private Aead keyOf(UserId who) {
        Aead cached = keys.getIfPresent(who);
        if (cached != null) {
            return cached;
        }
        long before = destructions.get();
        return store.findMemberKey(who)
                .map(stored -> cached(who, stored, before))
                .orElseGet(() -> {
                    store.saveMemberKeyIfAbsent(who, wrappingKeys.wrap(who, freshKey()), clock.instant());
                    // another process may have been first, and its key counts
                    return cached(who, store.findMemberKey(who).orElseThrow(() -> unreadable("member key")), before);
                });
    }

    /**
     * Keeps a key in memory, unless keys were destroyed in the meantime, since this may be one of them, and unless the
     * caller's transaction made it, since after a rollback no other process would have it.
     */
    private Aead cached(UserId who, StoredKey stored, long destructionsBefore) {
        Aead key = wrappingKeys.unwrap(who, stored.key()).orElseThrow(() -> unreadable("member key"));
        if (!stored.committed()) {
            return key;
        }
        keys.put(who, key);
        if (destructions.get() != destructionsBefore) {
            keys.invalidate(who);
        }
        return key;
    }

    private Unreadable unreadable(String purpose) {
        failures.incrementAndGet();
        lastFailureAt = clock.instant();
        return new Unreadable(purpose);
    }

    /** The associated data by which a value belongs to one member and purpose. */
    static byte[] context(UserId who, String purpose) {
        return (purpose + '\n' + who.value()).getBytes(StandardCharsets.UTF_8);
    }

    /** The associated data of values without a member. It differs from every member's, since no id is empty. */
    private static byte[] context(String purpose) {
        return (purpose + '\n').getBytes(StandardCharsets.UTF_8);
    }

    /** Sealed bytes do not open: they were altered, are of another member or purpose, or their key is missing. */
    public static sealed class Unreadable extends RuntimeException permits Destroyed {
        private Unreadable(String purpose) {
            super("sealed " + purpose + " does not open");
        }
    }

    /** Sealed bytes do not open because their key was destroyed on purpose. */
    public static final class Destroyed extends Unreadable {
        private Destroyed(String purpose) {
            super(purpose);
        }
    }

    /** The database was sealed with other keys than the configuration has. The message says what to do. */
    public static final class WrongKey extends RuntimeException {
        WrongKey(String message) {
            super(message);
        }
    }
}
