package io.holisticos.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.vault.MemberKeyStore.OfMember;
import io.holisticos.vault.MemberKeyStore.Wrapped;
import io.holisticos.vault.Vault.WrongKey;
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
 * The keys from configuration. None is used before it is proven that the database was sealed with it: by the canary, or,
 * where there is none yet, by the members' keys that lie there. Thread-safe.
 */
final class WrappingKeys {

    private static final Logger log = LoggerFactory.getLogger(WrappingKeys.class);

    private static final String CANARY = "unified-health vault canary v1";
    private static final String CANARY_PURPOSE = "vault.canary";

    /** So long a use waits for another's look at the database: should that hang, all would, one after another. */
    private static final long MILLIS_FOR_ANOTHERS_LOOK = 1_000;

    /** So many members' keys are tried where there is no canary yet. */
    private static final int SAMPLE = 1_000;

    private final Map<String, Aead> byId = new TreeMap<>();
    private final String current;
    private final MemberKeyStore store;
    private final NamedKeyStore named;
    private final Clock clock;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final AtomicBoolean said = new AtomicBoolean();
    private volatile boolean proven;
    private volatile @Nullable WrongKey wrong;

    WrappingKeys(VaultConfiguration configuration, MemberKeyStore store, NamedKeyStore named, Clock clock) {
        configuration.keys.forEach(
                (id, key) -> byId.put(id, aead(Base64.getDecoder().decode(key))));
        this.current = configuration.currentKey;
        this.store = store;
        this.named = named;
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

    /** Null unless a look at the database found that they are others. */
    @Nullable
    WrongKey wrong() {
        return wrong;
    }

    /** @throws SourceUnavailable while nobody knows, or when they are others: an operator has to act */
    void requireProven() {
        if (!proven) {
            try {
                prove();
            } catch (WrongKey e) {
                sayOnce(e);
                throw new SourceUnavailable(Vault.NAME, Vault.UNTIL_AN_OPERATOR_ACTED, e);
            }
        }
    }

    /**
     * @throws WrongKey when the database was sealed with other keys
     * @throws SourceUnavailable when it cannot be asked
     */
    void prove() {
        takeTurn();
        try {
            if (!proven) {
                proveAll();
                wrong = null;
                proven = !store.isInTransaction(); // else its canaries may be undone
            }
        } catch (WrongKey e) {
            wrong = e;
            throw e; // at the start, whoever asked says so
        } finally {
            oneAtATime.unlock();
        }
    }

    private void sayOnce(WrongKey e) {
        if (!said.getAndSet(true)) {
            log.error("event=vault_key_wrong reason=\"{}\"", e.getMessage());
        }
    }

    private void takeTurn() {
        try {
            if (oneAtATime.tryLock(MILLIS_FOR_ANOTHERS_LOOK, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(Vault.NAME, Vault.RETRY_AFTER, e);
        }
        throw new SourceUnavailable(Vault.NAME, Vault.RETRY_AFTER);
    }

    private void proveAll() {
        Map<String, Long> counts = store.countByWrapper();
        counts.forEach((id, members) -> {
            if (!byId.containsKey(id)) {
                throw new WrongKey(
                        "vault.keys lacks " + id + ", which wraps the keys of " + members
                                + " members: add it beside the others (VAULT_KEY_ID names the current one); nothing was changed");
            }
        });
        named.wrappers().forEach((name, id) -> {
            if (!byId.containsKey(id)) {
                throw new WrongKey(
                        "vault.keys lacks " + id + ", which wraps key " + name + " of table vault_key: add it"
                                + " beside the others (VAULT_KEY_ID names the current one); nothing was changed");
            }
        });
        Map<String, byte[]> canaries = store.canaries();
        requireSinging(canaries);
        Map<String, Aead> fresh = new HashMap<>(byId);
        fresh.keySet().removeAll(canaries.keySet());
        if (fresh.isEmpty()) {
            return;
        }
        fresh.forEach((id, key) -> {
            requireMostToOpen(id, key);
            store.saveCanaryIfAbsent(id, sealed(id, key), clock.instant());
        });
        requireSinging(store.canaries()); // another process may have been first, with another key
    }

    private void requireSinging(Map<String, byte[]> canaries) {
        canaries.forEach((id, canary) -> {
            Aead key = byId.get(id);
            if (key != null && !opens(id, key, canary)) {
                throw another(id, "it does not open the canary in table vault_canary");
            }
        });
    }

    /** Some may have been wrapped under a wrong key before there were canaries: the right one is that of the most. */
    private void requireMostToOpen(String id, Aead key) {
        List<OfMember> sample = store.oldest(id, SAMPLE);
        long open = sample.stream().filter(held -> opens(key, held)).count();
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

    private static boolean opens(Aead key, OfMember held) {
        try {
            byte[] opened = key.decrypt(held.key().bytes(), context(held.who()));
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

    Wrapped wrap(UserId who, byte[] key) {
        return wrap(key, context(who));
    }

    /** As {@link #wrap(UserId, byte[])}, of a key that is nobody's. */
    Wrapped wrap(String name, byte[] key) {
        return wrap(key, namedContext(name));
    }

    private Wrapped wrap(byte[] key, byte[] context) {
        try {
            return new Wrapped(current, currentKey().encrypt(key, context));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wrap a key", e);
        }
    }

    /** Empty when it does not open, or its wrapping key is not in the configuration. */
    Optional<Aead> unwrap(UserId who, Wrapped wrapped) {
        return unwrap(wrapped, context(who)).map(WrappingKeys::aead);
    }

    /** As {@link #unwrap(UserId, Wrapped)}, of a key that is nobody's. */
    Optional<byte[]> unwrap(String name, Wrapped wrapped) {
        return unwrap(wrapped, namedContext(name));
    }

    private Optional<byte[]> unwrap(Wrapped wrapped, byte[] context) {
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

    /** Differs from every member's: their ids have no line break in front. */
    private static byte[] canaryContext(String id) {
        return (CANARY_PURPOSE + "\n\n" + id).getBytes(StandardCharsets.UTF_8);
    }

    /** Differs from every member's and every canary's. */
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
