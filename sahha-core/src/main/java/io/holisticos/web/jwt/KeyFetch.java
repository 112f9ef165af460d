package io.holisticos.web.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetParseException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.WhatFailed;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches the issuer's keys, each time it is asked. Thread-safe. */
final class KeyFetch implements JWKSetSource<SecurityContext> {

    private static final Logger log = LoggerFactory.getLogger(KeyFetch.class);

    /** The command in metrics and breakers. */
    static final CommandKey COMMAND = new CommandKey("JWT_KEYS");

    /** The longest that a fetch takes: somebody may wait for it. */
    static final Duration WITHIN = Duration.ofSeconds(2);

    /** Key sets have some kB. */
    private static final int MAX_BYTES = 256 * 1024;

    /** What is weaker is forged (NIST SP 800-131A). */
    private static final int MIN_RSA_BITS = 2048;

    private final Outbound outbound;
    private final URI address;

    KeyFetch(Outbound outbound, URI address) {
        this.outbound = outbound.announce(COMMAND);
        this.address = address;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator any, long now, @Nullable SecurityContext context)
            throws KeySourceException {
        try {
            return keysOf(outbound.call(call(), Deadline.after(WITHIN)));
        } catch (HealthError away) {
            throw noKeys(new JWKSetUnavailableException(WhatFailed.inWords(away), away));
        } catch (ParseException | IllegalArgumentException | IllegalStateException e) { // they may quote the body
            throw noKeys(new JWKSetParseException("no JSON Web Key Set", new ParseException("", 0)));
        }
    }

    /** The client is closed by whoever made it. */
    @Override
    public void close() {}

    /** Without further attempts: it is fetched again soon anyway. */
    private Call call() {
        return new Call(COMMAND, null, "GET", address, Map.of("Accept", "application/json"), null, false);
    }

    private static JWKSet keysOf(Reply reply) throws KeySourceException, ParseException {
        if (reply.status() != 200) {
            throw noKeys(new JWKSetUnavailableException("status " + reply.status()));
        }
        if (reply.body().length > MAX_BYTES) {
            throw noKeys(new JWKSetUnavailableException("more than " + MAX_BYTES + " bytes"));
        }
        JWKSet published = JWKSet.parse(new String(reply.body(), StandardCharsets.UTF_8));
        List<JWK> keys = published.toPublicJWKSet().getKeys().stream()
                .filter(KeyFetch::isStrong)
                .toList();
        if (keys.isEmpty()) { // the issuer is there, and says that it signs with none that we may take
            log.warn("event=jwt_keys_none cause=\"no key in the set that may be used: no token is taken\"");
        }
        return new JWKSet(keys);
    }

    private static boolean isStrong(JWK key) {
        return !(key instanceof RSAKey rsa) || rsa.size() >= MIN_RSA_BITS;
    }

    private static <E extends KeySourceException> E noKeys(E why) {
        log.warn("event=jwt_keys_not_fetched cause=\"{}\"", why.getMessage());
        return why;
    }
}
