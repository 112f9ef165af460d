package io.holisticos.web.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keys as an issuer would publish them, or not. */
final class Published implements JWKSetSource<SecurityContext> {

    final AtomicInteger fetches = new AtomicInteger();

    /** Null while the issuer is away. */
    volatile @Nullable JWKSet keys;

    /** What happens before the answer. */
    volatile Runnable before = () -> {};

    Published(JWKSet keys) {
        this.keys = keys;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator any, long now, @Nullable SecurityContext context)
            throws KeySourceException {
        fetches.incrementAndGet();
        before.run();
        JWKSet published = keys;
        if (published == null) {
            throw new JWKSetUnavailableException("away");
        }
        return new JWKSet(published.getKeys());
    }

    @Override
    public void close() {}
}
