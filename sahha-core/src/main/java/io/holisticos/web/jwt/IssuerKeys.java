package io.holisticos.web.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.CachingJWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.RateLimitedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.holisticos.health.SourceName;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's keys, from memory. They are fetched again in the background, and while that fails they are good for a bounded
 * time. A token with a {@code kid} that is not among them may be of a new key: then they are fetched at once, a few times a
 * minute at most, and only a few callers wait for it. Thread-safe.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    /** Names the issuer in errors and metrics. */
    static final SourceName ISSUER = new SourceName("identity_provider");

    /** Two fetches are made in it at most, whoever asks. */
    static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);

    /** How many callers wait for a fetch, each on a thread of the server. Anybody can make up a {@code kid}. */
    static final int WAITING = 8;

    private final JWKSetSource<SecurityContext> kept;
    private final Clock clock;
    private final Semaphore waiting = new Semaphore(WAITING);
    private final AtomicLong generation = new AtomicLong();
    private final long keepForMillis;
    private volatile @Nullable JWKSet latest;
    private volatile long goodUntil = Long.MIN_VALUE;

    /** @param keepFor how long keys are good that cannot be fetched again */
    IssuerKeys(JWKSetSource<SecurityContext> issuer, Duration keepFor, Clock clock) {
        this.clock = clock;
        this.keepForMillis = keepFor.toMillis();
        this.kept = new CachingJWKSetSource<>(
                new RateLimitedJWKSetSource<>(new Noted(issuer), BETWEEN_FETCHES.toMillis(), null),
                keepForMillis,
                KeyFetch.WITHIN.toMillis(),
                null);
    }

    /** Another number after another set of keys was fetched: what was verified by the former ones has to be verified again. */
    long generation() {
        return generation.get();
    }

    /** How many keys were fetched last. */
    int count() {
        JWKSet fetched = latest;
        return fetched == null ? 0 : fetched.size();
    }

    /** Fetches the keys, for those who ask later. */
    void refresh() {
        try {
            kept.getJWKSet(JWKSetCacheRefreshEvaluator.forceRefresh(), clock.millis(), null);
        } catch (KeySourceException notNow) {
            log.debug("event=jwt_keys_not_refreshed cause=\"{}\"", notNow.getMessage());
        }
    }

    /** @throws KeySourceException when no keys are held that are good, and none can be had */
    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        JWKSet held = areHeld() ? atHand() : fetched(JWKSetCacheRefreshEvaluator.noRefresh());
        List<JWK> found = selector.select(held);
        return found.isEmpty() ? newOnes(selector, held) : found;
    }

    /**
     * Whether a key of this name is among those that are held. A name that is not is no reason to fetch them: it was among them
     * once.
     *
     * @throws KeySourceException when no keys are held that are good, and none can be had
     */
    boolean hold(String kid) throws KeySourceException {
        JWKSet held = areHeld() ? atHand() : fetched(JWKSetCacheRefreshEvaluator.noRefresh());
        return held.getKeyByKeyId(kid) != null;
    }

    private List<JWK> newOnes(JWKSelector selector, JWKSet held) {
        try {
            return selector.select(fetched(JWKSetCacheRefreshEvaluator.referenceComparison(held)));
        } catch (KeySourceException notNow) { // those that are held are good, and it is none of them
            return List.of();
        }
    }

    private boolean areHeld() {
        return clock.millis() < goodUntil;
    }

    private JWKSet atHand() throws KeySourceException {
        return kept.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), clock.millis(), null);
    }

    private JWKSet fetched(JWKSetCacheRefreshEvaluator unless) throws KeySourceException {
        if (!waiting.tryAcquire()) {
            throw new JWKSetUnavailableException("as many wait for it as may");
        }
        try {
            return kept.getJWKSet(unless, clock.millis(), null);
        } finally {
            waiting.release();
        }
    }

    /** Notes when other keys came. */
    private final class Noted implements JWKSetSource<SecurityContext> {

        private final JWKSetSource<SecurityContext> issuer;

        private Noted(JWKSetSource<SecurityContext> issuer) {
            this.issuer = issuer;
        }

        /** Is called by one thread at a time. */
        @Override
        public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator any, long now, @Nullable SecurityContext context)
                throws KeySourceException {
            JWKSet fetched = issuer.getJWKSet(any, now, context);
            goodUntil = now + keepForMillis;
            if (!fetched.equals(latest)) {
                latest = fetched;
                generation.incrementAndGet();
                log.info("event=jwt_keys_changed keys={}", fetched.size());
            }
            return fetched;
        }

        @Override
        public void close() {}
    }
}
