package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.command.Event;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.tomcat.jdbc.pool.PoolConfiguration;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that takes connections and says nothing, as one that was stopped: whoever reads it is let go in time. */
class DatabaseHangsTest {

    private static final Pattern ADDRESS = Pattern.compile("jdbc:postgresql://[^/:]+:(\\d+)/(.*)");

    /** Far more than any limit here, and far less than a reader would wait without them. */
    private static final Duration LET_GO = Duration.ofSeconds(10);

    private final MetricRegistry metrics = new MetricRegistry();
    private final DatabaseConfiguration configuration = new DatabaseConfiguration();
    private final Commands commands =
            new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), System::nanoTime);
    private final Command command = commands.add(
            new SourceName("whoop"),
            new CommandKey("WHOOP_STORE"),
            CommandConfiguration.ofStore(Duration.ofSeconds(2)));

    private MutableProxy proxy;
    private ManagedDataSource readers;
    private Jdbi jdbi;

    @BeforeEach
    void open() throws Exception {
        Matcher address = ADDRESS.matcher(
                TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG).url());
        assertThat(address.matches()).isTrue();
        proxy = new MutableProxy(Integer.parseInt(address.group(1)));
        configuration.setDriverClass("org.postgresql.Driver");
        configuration.setUrl("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + address.group(2));
        configuration.setInitialSize(0);
        configuration.setMinSize(0);
        configuration.setMaxSize(1);
        configuration.setMaxWaitForConnection(io.dropwizard.util.Duration.milliseconds(500));
        configuration.setCheckConnectionOnBorrow(true);
        configuration.setProperties(new HashMap<>(Map.of("connectTimeout", "1")));
    }

    @AfterEach
    void close() throws Exception {
        readers.stop();
        proxy.close();
    }

    @Test
    void silentFromTheStart() throws Exception {
        build(io.dropwizard.util.Duration.seconds(1));
        proxy.fallSilent();

        assertIsLetGo();
    }

    @Test
    void silentWhileAConnectionIsIdle() throws Exception {
        build(io.dropwizard.util.Duration.milliseconds(1));
        assertThat(read()).isEqualTo(1);
        proxy.fallSilent();

        assertIsLetGo();
    }

    @Test
    void silentWhileAStatementIsUnderWay() throws Exception {
        build(io.dropwizard.util.Duration.minutes(5)); // found good a moment ago: not looked at again
        assertThat(read()).isEqualTo(1);
        proxy.fallSilent();

        assertIsLetGo();
        assertThat(command.snapshot().counts().cumulative(Event.TIMEOUT)).isEqualTo(1);
    }

    @Test
    void afterItSpeaksAgainNobodyIsGivenADeadConnection() throws Exception {
        build(io.dropwizard.util.Duration.milliseconds(1));
        assertThat(read()).isEqualTo(1);
        proxy.fallSilent();
        assertIsLetGo();
        proxy.speakAgain();

        assertThat(read()).isEqualTo(1);
    }

    @Test
    void theServerItselfEndsAStatementThatTakesTooLong() throws Exception {
        configuration.socketTimeout = io.dropwizard.util.Duration.seconds(30);
        build(io.dropwizard.util.Duration.seconds(1));

        assertThatThrownBy(() -> command.run(
                        Deadline.after(LET_GO),
                        () -> jdbi.withHandle(handle -> handle.createQuery("select 1 from pg_sleep(25)")
                                .mapTo(Integer.class)
                                .one())))
                .hasMessageContaining("statement timeout");

        assertThat(command.snapshot().counts().cumulative(Event.TIMEOUT)).isEqualTo(1);
    }

    @Test
    void everyPoolHasTheLimitsOfThoseItIsFor() throws Exception {
        build(io.dropwizard.util.Duration.seconds(1));
        ManagedDataSource workers = configuration.workers(metrics, "whoop-db-jobs");
        ManagedDataSource notices = configuration.notices(metrics, "whoop-db-notices");
        try {
            assertThat(limitsOf(readers)).isEqualTo("900ms, socket 1, wait 500, most 1");
            assertThat(limitsOf(workers)).isEqualTo("30s, socket 35, wait 5000, most 5");
            assertThat(limitsOf(notices)).isEqualTo("900ms, socket 1, wait 500, most 2");
        } finally {
            workers.stop();
            notices.stop();
        }
    }

    /** As its sessions say it, and as the pool does. */
    private static String limitsOf(ManagedDataSource source) {
        PoolConfiguration pool = (PoolConfiguration) source;
        String statement = Jdbi.create(source)
                .withHandle(handle -> handle.createQuery("select current_setting('statement_timeout')")
                        .mapTo(String.class)
                        .one());
        return statement + ", socket " + pool.getDbProperties().getProperty("socketTimeout") + ", wait "
                + pool.getMaxWait() + ", most " + pool.getMaxActive();
    }

    @Test
    void transactionsReadWhatIsCommittedWhateverTheServersDefault() throws Exception {
        build(io.dropwizard.util.Duration.seconds(1));

        String isolation = jdbi.inTransaction(handle -> handle.createQuery("select setting || ' from ' || source"
                        + " from pg_settings where name = 'default_transaction_isolation'")
                .mapTo(String.class)
                .one());

        assertThat(isolation).isEqualTo("read committed from client");
    }

    private void build(io.dropwizard.util.Duration validationInterval) throws Exception {
        configuration.setValidationInterval(validationInterval);
        readers = configuration.readers(metrics, "whoop-db");
        readers.start();
        jdbi = Jdbi.create(readers);
    }

    private int read() {
        return command.run(
                Deadline.after(LET_GO),
                () -> jdbi.withHandle(handle ->
                        handle.createQuery("select 1").mapTo(Integer.class).one()));
    }

    private void assertIsLetGo() {
        long begun = System.nanoTime();

        assertThatThrownBy(this::read).isNotInstanceOf(SourceUnavailable.class);

        Duration held = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(held).isLessThan(LET_GO);
        assertThat(configuration.longestHold()).isLessThanOrEqualTo(Duration.ofSeconds(2));
    }
}
