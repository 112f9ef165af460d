package io.holisticos.cache;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.util.JedisURIHelper;

/** The section {@code cache.redis}: a second level of kept answers, which there is not by default. */
public final class RedisConfiguration {

    private static final int DEFAULT_PORT = 6379;

    /** {@code redis://[user:password@]host[:port][/number]}, or {@code rediss://} for TLS; empty for none. */
    @NotNull
    @JsonProperty
    String url = "";

    /** The longest that a request waits for it. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration timeout = Duration.milliseconds(20);

    /** The longest that a connection waits for its server: to be opened, and for each answer. Nobody waits for that. */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration socketTimeout = Duration.milliseconds(500);

    /** Connections to it, and threads that wait for its answers, at most. */
    @Min(1)
    @Max(256)
    @JsonProperty
    int connections = 16;

    /** Whether there is a second level. */
    @JsonIgnore
    public boolean isConfigured() {
        return !url.isBlank();
    }

    @JsonIgnore
    @ValidationMethod(
            message = "url (CACHE_REDIS_URL) must be like redis://host:6379 or rediss://user:password@host:6379/0")
    public boolean isUrlOfRedis() {
        return !isConfigured() || isUrl(url);
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean redis = JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri);
            return redis
                    && uri.getHost() != null
                    && uri.getQuery() == null
                    && String.valueOf(uri.getPath()).matches("(/\\d{0,4})?")
                    && (uri.getUserInfo() == null || uri.getUserInfo().contains(":"));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The address; it has the password. */
    @JsonIgnore
    public URI uri() {
        return URI.create(url);
    }

    @JsonIgnore
    public int port() {
        return uri().getPort() < 0 ? DEFAULT_PORT : uri().getPort();
    }

    /** The longest that a request waits. */
    public java.time.Duration timeout() {
        return timeout.toJavaDuration();
    }

    /** The longest that a connection waits. */
    public java.time.Duration socketTimeout() {
        return socketTimeout.toJavaDuration();
    }

    /** The most connections, and threads that wait for answers. */
    public int connections() {
        return connections;
    }

    /** An address has a password. */
    @Override
    public String toString() {
        return "RedisConfiguration";
    }
}
