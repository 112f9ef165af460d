package io.holisticos.app;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.database.ConnectionCheck;
import io.holisticos.database.SteadyConnection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.jdbc.pool.PoolConfiguration;
import org.postgresql.Driver;

/**
 * The configuration of one database. The section is Dropwizard's and makes the readers' pool, with time limits. {@code
 * jobs} has the same settings for the second pool, which jobs use. Migrations use neither pool and have no limits.
 */
public final class DatabaseConfiguration extends DataSourceFactory {

    /**
     * A transaction that waited for a row reads it again. That holds in this isolation level only, whatever the
     * server's default is.
     */
    private static final String READ_COMMITTED = "-c default_transaction_isolation=read\\ committed";

    /**
     * Every statement has one best plan, whatever its arguments, and making a plan can take longer than executing it.
     */
    private static final String ONE_PLAN = " -c plan_cache_mode=force_generic_plan";

    private static final int NOTICES = 2;

    private static final int READERS = 8;

    private static final Duration CHECKED_EVERY = Duration.seconds(1);

    private static final Duration OLDEST = Duration.minutes(10);

    /**
     * Has defaults with which three replicas and a migration share a server of a hundred connections, and no borrower
     * gets a connection that is broken or read-only. They are the values of {@code config.yml}.
     */
    public DatabaseConfiguration() {
        setInitialSize(0); // the service also starts while its databases do not answer
        setMinSize(0);
        setMaxSize(READERS);
        setCheckConnectionOnBorrow(true);
        setValidationInterval(CHECKED_EVERY);
        setValidationQueryTimeout(CHECKED_EVERY);
        setMaxConnectionAge(OLDEST);
        setMinIdleTime(OLDEST); // else a quiet minute closes them all, and who comes then waits for new ones
    }

    /** The server cancels a reader's statement after this time. */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    Duration statementTimeout = Duration.milliseconds(900);

    /** A reader closes a connection on which nothing arrives for this long. The driver counts whole seconds. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration socketTimeout = Duration.seconds(1);

    /** The settings of the pool for jobs, the custody of tokens, and other work in the background. */
    @Valid
    @NotNull
    @JsonProperty
    Jobs jobs = new Jobs();

    /** The pool for work that may take longer than a reader waits. */
    public static final class Jobs {

        @Min(1)
        @Max(1000)
        @JsonProperty
        int maxSize = 5;

        @NotNull
        @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
        @JsonProperty
        Duration maxWaitForConnection = Duration.seconds(5);

        /** The wait for a row that another worker has locked counts as well. */
        @NotNull
        @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
        @JsonProperty
        Duration statementTimeout = Duration.seconds(30);

        @NotNull
        @MinDuration(value = 1, unit = TimeUnit.SECONDS)
        @JsonProperty
        Duration socketTimeout = Duration.seconds(35);
    }

    /** The pool for requests with a caller that waits. */
    ManagedDataSource readers(MetricRegistry metrics, String name) {
        return pool(
                new Limits("", getMaxSize(), getMaxWaitForConnection(), statementTimeout, socketTimeout),
                metrics,
                name);
    }

    ManagedDataSource workers(MetricRegistry metrics, String name) {
        return pool(
                new Limits(" jobs", jobs.maxSize, jobs.maxWaitForConnection, jobs.statementTimeout, jobs.socketTimeout),
                metrics,
                name);
    }

    /** The pool for change notices, which must not wait behind anything else: one connection listens, one reads. */
    ManagedDataSource notices(MetricRegistry metrics, String name) {
        return pool(
                new Limits(" notices", NOTICES, getMaxWaitForConnection(), statementTimeout, socketTimeout),
                metrics,
                name);
    }

    /** How long a database that hangs can hold a reader at most. */
    java.time.Duration longestHold() {
        return getMaxWaitForConnection()
                .toJavaDuration()
                .plus(ConnectionCheck.PATIENCE)
                .plus(socketTimeout.toJavaDuration());
    }

    @JsonIgnore
    @ValidationMethod(
            message =
                    "sahhaDatabase.url and whoopDatabase.url (…_DATABASE_URL) must be like jdbc:postgresql://localhost:5432/sahha, user and password beside it")
    public boolean isUrlUsable() {
        String url = getUrl();
        return url != null && Driver.parseURL(url, null) != null && !url.matches("(?i).*[?&]password=.*");
    }

    @JsonIgnore
    @ValidationMethod(message = "socketTimeout and statementTimeout stand beside properties, not in them")
    public boolean isFreeOfSecondTimeouts() {
        return getProperties().keySet().stream()
                .noneMatch(List.of("socketTimeout", "loginTimeout", "options")::contains);
    }

    /** A connection to a node that lost its role in a failover would otherwise be used for ever. */
    @JsonIgnore
    @ValidationMethod(message = "maxConnectionAge must be 1 second to 1 day")
    public boolean isOfAnAge() {
        return getMaxConnectionAge()
                .map(Duration::toSeconds)
                .filter(seconds -> seconds >= 1 && seconds <= 86_400)
                .isPresent();
    }

    @JsonIgnore
    @ValidationMethod(message = "socketTimeout and jobs.socketTimeout have to be whole seconds")
    public boolean isInWholeSeconds() {
        return socketTimeout.toMilliseconds() % 1000 == 0 && jobs.socketTimeout.toMilliseconds() % 1000 == 0;
    }

    /** Otherwise a statement that the server would have cancelled costs a connection. */
    @JsonIgnore
    @ValidationMethod(message = "statementTimeout must be less than socketTimeout, beside jobs and in jobs")
    public boolean isEndedByTheServerFirst() {
        return statementTimeout.toMilliseconds() < socketTimeout.toMilliseconds()
                && jobs.statementTimeout.toMilliseconds() < jobs.socketTimeout.toMilliseconds();
    }

    /** How many connections this process opens to the database at most. */
    int mayOpen() {
        return getMaxSize() + jobs.maxSize + NOTICES;
    }

    /** @param work what the server shows after {@code ApplicationName} */
    private record Limits(
            String work, int maxSize, Duration maxWait, Duration statementTimeout, Duration socketTimeout) {}

    /**
     * Dropwizard's factory makes a pool from its current settings, so it is given the limits while the pool is made.
     */
    private synchronized ManagedDataSource pool(Limits limits, MetricRegistry metrics, String name) {
        Map<String, String> properties = getProperties();
        int maxSize = getMaxSize();
        Duration maxWait = getMaxWaitForConnection();
        Map<String, String> limited = new HashMap<>(properties);
        limited.put(
                "options",
                READ_COMMITTED + ONE_PLAN + " -c statement_timeout="
                        + limits.statementTimeout().toMilliseconds());
        String seconds = Long.toString(limits.socketTimeout().toSeconds());
        limited.put("socketTimeout", seconds);
        limited.computeIfPresent("ApplicationName", (property, ours) -> ours + limits.work());
        limited.put(
                "loginTimeout",
                seconds); // for all steps of connecting together; each step alone may take socketTimeout
        try {
            setProperties(limited);
            setMaxSize(limits.maxSize());
            setMaxWaitForConnection(limits.maxWait());
            return steady(build(metrics, name), name, limits);
        } finally {
            setProperties(properties);
            setMaxSize(maxSize);
            setMaxWaitForConnection(maxWait);
        }
    }

    /** Keeps connections that broke while they were idle away from borrowers. */
    private static ManagedDataSource steady(ManagedDataSource built, String name, Limits limits) {
        PoolConfiguration pool = (PoolConfiguration) built;
        pool.setValidator(new ConnectionCheck(name, limits.statementTimeout().toJavaDuration()));
        pool.setTestOnConnect(true);
        String others = pool.getJdbcInterceptors();
        String ours = SteadyConnection.class.getName();
        pool.setJdbcInterceptors(others == null || others.isBlank() ? ours : others + ";" + ours);
        return built;
    }
}
