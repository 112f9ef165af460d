package io.holisticos.vault;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.crypto.tink.Aead;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;

/**
 * Authenticated encryption (AES-256-GCM by Tink) with one data key per member. What is sealed for one member and purpose
 * opens for no other. Erasing a member's key makes everything sealed for them unreadable, backups included. Thread-safe.
 */
public final class Vault {

    private static final String HMAC = "HmacSHA256";

    static final SourceName NAME = new SourceName("vault");

    static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    static final Duration UNTIL_AN_OPERATOR_ACTED = Duration.ofMinutes(1);

    private static final Duration KEY_STAYS_IN_MEMORY = Duration.ofMinutes(10);
    private static final long KEYS_IN_MEMORY = 20_000;

    /** So long after the last value that did not open, health still says so. */
    private static final Duration REMARKABLE = Duration.ofMinutes(10);

    private final MemberKeyStore store;
    private final NamedKeyStore named;
    private final WrappingKeys wrappers;
    private final SecureRandom random;
    private final Clock clock;
    private final MemberHash memberHash;
    private final AtomicLong destructions = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private volatile Instant closedAt = Instant.MIN;
    private final Map<String, SecretKeySpec> namedKeys = new ConcurrentHashMap<>();
    private final Cache<UserId, Aead> keys = Caffeine.newBuilder()
            .maximumSize(KEYS_IN_MEMORY)
            .expireAfterWrite(KEY_STAYS_IN_MEMORY)
            .build();

    /** Keys are kept in table {@code member_key} of this database. */
    public Vault(Jdbi database, VaultConfiguration configuration, SecureRandom random, Clock clock) {
        this.store = new MemberKeyStore(database);
        this.named = new NamedKeyStore(database);
        this.wrappers = new WrappingKeys(configuration, store, named, clock);
        this.random = random;
        this.clock = clock;
        this.memberHash = MemberHash.of(configuration);
    }

    /** A key that is destroyed at one replica is then forgotten by all. */
    public void listenTo(ChangeNotices notices) {
        notices.listen(MemberKeyStore.TOPIC, new NoticeListener() {
            @Override
            public void changed(String who) {
                forget(new UserId(who));
            }

            @Override
            public void missed() {
                destructions.incrementAndGet();
                keys.invalidateAll();
                wrappers.requireProven(); // the database is there
            }
        });
    }

    /**
     * Makes sure that the keys of the configuration are those with which the database was sealed. Until that is done,
     * nothing is sealed nor opened: each use tries it first.
     *
     * @throws WrongKey when they are not
     * @throws SourceUnavailable when the database cannot be asked
     */
    public void prove() {
        wrappers.prove();
    }

    /** That the configured key is not the database's, once this is known; for operators. */
    public Optional<String> wrongKey() {
        return Optional.ofNullable(wrappers.wrong()).map(WrongKey::getMessage);
    }

    /** What keeps, or lately kept, sealed values from being opened, for operators; empty when nothing does. */
    public Optional<String> trouble() {
        Optional<String> wrong = wrongKey();
        if (wrong.isPresent()) {
            return wrong;
        }
        if (!wrappers.areProven()) {
            return Optional.of("vault.keys were not held against the database yet: is it up, and migrated?");
        }
        if (closedAt.plus(REMARKABLE).isAfter(clock.instant())) {
            return Optional.of(closed.get() + " times since the start a sealed value did not open, the last time at "
                    + closedAt.truncatedTo(ChronoUnit.SECONDS) + ": were rows altered or restored?");
        }
        return Optional.empty();
    }

    /**
     * Seals bytes for one member and purpose.
     *
     * @param purpose what the bytes are, such as {@code whoop.refresh_token}; needed again to open them
     * @throws SourceUnavailable when nothing can be sealed for the member for now
     */
    public byte[] seal(UserId who, String purpose, byte[] plain) {
        wrappers.requireProven();
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
     * @throws Destroyed when the member's key was destroyed: then it never opens again
     * @throws Unreadable when the bytes were altered, belong to another member or purpose, or their key does not open:
     *     that is our fault and says nothing of the member
     * @throws SourceUnavailable when that cannot be found out for now
     */
    public byte[] open(UserId who, String purpose, byte[] sealed) {
        wrappers.requireProven();
        Aead held = keys.getIfPresent(who);
        Aead key = held == null ? heldKey(who, purpose) : held;
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

    /** How log lines name the member; see {@link MemberHash}. */
    public String inLogs(UserId who) {
        return memberHash.of(who);
    }

    /**
     * Seals bytes of which nobody knows yet whose they are, with the current wrapping key itself.
     *
     * @return with the key's id, so that they open as long as that key stays in the configuration
     */
    public byte[] sealForNobody(String purpose, byte[] plain) {
        wrappers.requireProven();
        byte[] id = wrappers.current().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] sealed = wrappers.currentKey().encrypt(plain, context(purpose));
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
        wrappers.requireProven();
        ByteBuffer bytes = ByteBuffer.wrap(sealed);
        int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw unreadable(purpose);
        }
        String id = new String(sealed, Integer.BYTES, length, StandardCharsets.UTF_8);
        Aead wrapper = wrappers.find(id).orElseThrow(() -> unreadable(purpose));
        try {
            return wrapper.decrypt(Arrays.copyOfRange(sealed, Integer.BYTES + length, sealed.length), context(purpose));
        } catch (GeneralSecurityException e) {
            throw unreadable(purpose);
        }
    }

    /**
     * By what the same bytes are known again, and by nobody without our keys: whoever guesses them has nothing to hold the
     * guess against. HMAC-SHA-256 with a key of this database's own, which is made at the first use.
     *
     * @param key its name; another gives other fingerprints
     * @throws SourceUnavailable when the key cannot be had for now
     */
    public byte[] fingerprint(String key, byte[] bytes) {
        wrappers.requireProven();
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
        SecretKeySpec held = namedKeys.get(name);
        if (held != null) {
            return held;
        }
        MemberKeyStore.Found found = named.find(name).orElseGet(() -> {
            named.saveIfAbsent(name, wrappers.wrap(name, freshKey()), clock.instant());
            // another process may have been first: its key counts
            return named.find(name).orElseThrow(() -> unreadable(name));
        });
        SecretKeySpec key = wrappers.unwrap(name, found.key())
                .map(bytes -> new SecretKeySpec(bytes, HMAC))
                .orElseThrow(() -> unreadable(name));
        if (found.stays()) {
            namedKeys.put(name, key);
        }
        return key;
    }

    private byte[] freshKey() {
        byte[] fresh = new byte[VaultConfiguration.KEY_BYTES];
        random.nextBytes(fresh);
        return fresh;
    }

    /** Destroys the member's key, on every replica: nothing sealed for them opens ever again. */
    public void shred(UserId who) {
        store.destroy(who, clock.instant());
        forget(who);
    }

    private void forget(UserId who) {
        destructions.incrementAndGet();
        keys.invalidate(who);
    }

    private Aead heldKey(UserId who, String purpose) {
        long before = destructions.get();
        Optional<MemberKeyStore.Found> held = store.find(who);
        if (held.isPresent()) {
            return remembered(who, held.get(), before);
        }
        throw store.isDestroyed(who) ? new Destroyed(purpose) : unreadable(purpose);
    }

    private Aead keyOf(UserId who) {
        Aead held = keys.getIfPresent(who);
        if (held != null) {
            return held;
        }
        long before = destructions.get();
        return store.find(who).map(found -> remembered(who, found, before)).orElseGet(() -> {
            store.saveIfAbsent(who, wrappers.wrap(who, freshKey()), clock.instant());
            // another process may have been first: its key counts
            return remembered(who, store.find(who).orElseThrow(() -> unreadable("member key")), before);
        });
    }

    /**
     * Unless keys were destroyed meanwhile: then this may be one of them. Nor where the caller's transaction made it: rolled
     * back, it would be a key that nobody else has.
     */
    private Aead remembered(UserId who, MemberKeyStore.Found found, long destructionsBefore) {
        Aead key = wrappers.unwrap(who, found.key()).orElseThrow(() -> unreadable("member key"));
        if (!found.stays()) {
            return key;
        }
        keys.put(who, key);
        if (destructions.get() != destructionsBefore) {
            keys.invalidate(who);
        }
        return key;
    }

    private Unreadable unreadable(String purpose) {
        closed.incrementAndGet();
        closedAt = clock.instant();
        return new Unreadable(purpose);
    }

    static byte[] context(UserId who, String purpose) {
        return (purpose + '\n' + who.value()).getBytes(StandardCharsets.UTF_8);
    }

    /** Differs from every member's: their ids are not empty. */
    private static byte[] context(String purpose) {
        return (purpose + '\n').getBytes(StandardCharsets.UTF_8);
    }

    /** Sealed bytes that do not open: altered, of another member or purpose, or their key is not there. */
    public static sealed class Unreadable extends RuntimeException permits Destroyed {
        private Unreadable(String purpose) {
            super("sealed " + purpose + " does not open");
        }
    }

    /** Sealed bytes whose key was destroyed on purpose. */
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
