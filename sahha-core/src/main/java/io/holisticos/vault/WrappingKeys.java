package io.holisticos.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault.WrongKey;
import io.holisticos.vault.VaultStore.MemberKey;
import io.holisticos.vault.VaultStore.WrappedKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wrapping keys from the configuration. None is used before it is proven that the database was sealed with it: by its
 * canary, or, where there is no canary yet, by the members' keys in the database. Thread-safe.
 */
final class WrappingKeys {

    private static final Logger log = LoggerFactory.getLogger(WrappingKeys.class);

    private static final String CANARY = "unified-health vault canary v1";
    private static final String CANARY_PURPOSE = "vault.canary";

    /** How long a use waits for the proof that another thread makes: if that hangs, the others must not hang behind it. */
    private static final long MILLIS_TO_WAIT_FOR_PROOF = 1_000;

    /** How many members' keys are tried where there is no canary yet. */
    private static final int SAMPLE = 1_000;

    private final Map<String, Aead> byId = new TreeMap<>();
    private final String current;
    private final VaultStore store;
    private final Clock clock;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final AtomicBoolean logged = new AtomicBoolean();
    private volatile boolean proven;
    private volatile @Nullable WrongKey wrong;

    WrappingKeys(VaultConfiguration configuration, VaultStore store, Clock clock) {
        configuration.keys.forEach(
                (id, key) -> byId.put(id, aead(Base64.getDecoder().decode(key))));
        this.current = configuration.currentKey;
        this.store = store;
        this.clock = clock;
    }

    String current() {
        return current;
    }

    Aead currentKey() {
        return find(current).orElseThrow();
    }

    Optional<Aead> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    boolean areProven() {
        return proven;
    }

    /** Why the keys are wrong; null unless the database showed that they are. */
    @Nullable
    WrongKey wrong() {
        return wrong;
    }

    /** @throws SourceUnavailable while it cannot be proven, or when the keys are wrong and an operator has to act */
    void requireProven() {
        if (!proven) {
            try {
                prove();
            } catch (WrongKey e) {
                logOnce(e);
                throw new SourceUnavailable(Vault.NAME, Vault.UNTIL_AN_OPERATOR_ACTED, e);
            }
        }
    }

    /**
     * Proves that the database was sealed with these keys.
     *
     * @throws WrongKey when it was sealed with others
     * @throws SourceUnavailable when it cannot be reached
     */
    void prove() {
        takeTurn();
        try {
            if (!proven) {
                proveAll();
                wrong = null;
                proven = !store.isInTransaction(); // else the canaries may be rolled back
            }
        } catch (WrongKey e) {
            wrong = e;
            throw e; // the start logs it itself
        } finally {
            oneAtATime.unlock();
        }
    }

    private void logOnce(WrongKey e) {
        if (!logged.getAndSet(true)) {
            log.error("event=vault_key_wrong reason=\"{}\"", e.getMessage());
        }
    }

    private void takeTurn() {
        try {
            if (oneAtATime.tryLock(MILLIS_TO_WAIT_FOR_PROOF, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(Vault.NAME, Vault.RETRY_AFTER, e);
        }
        throw new SourceUnavailable(Vault.NAME, Vault.RETRY_AFTER);
    }

    private void proveAll() {
        Map<String, Long> counts = store.countByWrappingKey();
        counts.forEach((id, members) -> {
            if (!byId.containsKey(id)) {
                throw new WrongKey(
                        "vault.keys lacks " + id + ", which wraps the keys of " + members
                                + " members: add it beside the others (VAULT_KEY_ID names the current one); nothing was changed");
            }
        });
        store.wrappingKeysByName().forEach((name, id) -> {
            if (!byId.containsKey(id)) {
                throw new WrongKey(
                        "vault.keys lacks " + id + ", which wraps key " + name + " of table vault_key: add it"
                                + " beside the others (VAULT_KEY_ID names the current one); nothing was changed");
            }
        });
        Map<String, byte[]> canaries = store.canaries();
        requireToOpen(canaries);
        Map<String, Aead> fresh = new HashMap<>(byId);
        fresh.keySet().removeAll(canaries.keySet());
        if (fresh.isEmpty()) {
            return;
        }
        fresh.forEach((id, key) -> {
            requireMostToOpen(id, key);
            store.saveCanaryIfAbsent(id, sealed(id, key), clock.instant());
        });
        requireToOpen(store.canaries()); // another process may have been first, with another key
    }

    private void requireToOpen(Map<String, byte[]> canaries) {
        canaries.forEach((id, canary) -> {
            Aead key = byId.get(id);
            if (key != null && !opens(id, key, canary)) {
                throw another(id, "it does not open the canary in table vault_canary");
            }
        });
    }

    /** Before there were canaries a wrong key may have wrapped some: the right key is the one that opens most of them. */
    private void requireMostToOpen(String id, Aead key) {
        List<MemberKey> sample = store.oldest(id, SAMPLE);
        long open = sample.stream().filter(memberKey -> opens(key, memberKey)).count();
        long closed = sample.size() - open;
        if (closed > open) {
            throw another(id, closed + " of " + sample.size() + " keys of members do not open");
        }
        if (closed > 0) {
            log.error("event=vault_keys_unreadable wrapped_by={} closed={} of={}", id, closed, sample.size());
        }
    }

    private static WrongKey another(String id, String seen) {
        return new WrongKey("vault.keys." + id + " (VAULT_KEY) is not the key that WHOOP's database was sealed with: "
                + seen + ". Start with the former key; a new one goes beside it under another id. Nothing was changed");
    }

    private static boolean opens(Aead key, MemberKey memberKey) {
        try {
            byte[] opened = key.decrypt(memberKey.key().bytes(), context(memberKey.who()));
            return opened.length == VaultConfiguration.KEY_BYTES;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean opens(String id, Aead key, byte[] canary) {
        try {
            return new String(key.decrypt(canary, canaryContext(id)), StandardCharsets.UTF_8).equals(CANARY);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] sealed(String id, Aead key) {
        try {
            return key.encrypt(CANARY.getBytes(StandardCharsets.UTF_8), canaryContext(id));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal a canary", e);
        }
    }

    WrappedKey wrap(UserId who, byte[] key) {
        return wrap(key, context(who));
    }

    /** As {@link #wrap(UserId, byte[])}, for a key of the database's own. */
    WrappedKey wrap(String name, byte[] key) {
        return wrap(key, namedContext(name));
    }

    private WrappedKey wrap(byte[] key, byte[] context) {
        try {
            return new WrappedKey(current, currentKey().encrypt(key, context));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wrap a key", e);
        }
    }

    /** The key itself; empty when it does not open, or when the configuration lacks its wrapping key. */
    Optional<Aead> unwrap(UserId who, WrappedKey wrapped) {
        return unwrap(wrapped, context(who)).map(WrappingKeys::aead);
    }

    /** As {@link #unwrap(UserId, WrappedKey)}, for a key of the database's own. */
    Optional<byte[]> unwrap(String name, WrappedKey wrapped) {
        return unwrap(wrapped, namedContext(name));
    }

    private Optional<byte[]> unwrap(WrappedKey wrapped, byte[] context) {
        Aead key = byId.get(wrapped.wrappedBy());
        if (key == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(key.decrypt(wrapped.bytes(), context));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static byte[] context(UserId who) {
        return Vault.context(who, "member_key");
    }

    /** The associated data of canaries. It differs from every member's, since no id begins with a line break. */
    private static byte[] canaryContext(String id) {
        return (CANARY_PURPOSE + "\n\n" + id).getBytes(StandardCharsets.UTF_8);
    }

    /** The associated data of the database's own keys. It differs from every member's and every canary's. */
    private static byte[] namedContext(String name) {
        return ("vault.key\n\n" + name).getBytes(StandardCharsets.UTF_8);
    }

    private static Aead aead(byte[] key) {
        try {
            return new AesGcmJce(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an AES-256 key", e);
        }
    }
}
