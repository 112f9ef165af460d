package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.holisticos.testing.LogLines;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One line for each cause of trouble, and one a minute while it goes on. */
class LogThrottleTest {

    private static final String FAILED = "event=source_failed source={} kind={}";

    private final LoggerContext loggers = loggers();
    private final LogLines written = LogLines.of(loggers.getLogger(Logger.ROOT_LOGGER_NAME));
    private final AtomicLong nanoTime = new AtomicLong(-5);
    private final LogThrottle filter = new LogThrottle(nanoTime::get);
    private final Logger log = loggers.getLogger("io.holisticos.somewhere");

    private static LoggerContext loggers() {
        LoggerContext loggers = new LoggerContext();
        loggers.setMDCAdapter(new LogbackMDCAdapter()); // which slf4j gives to its own context only
        return loggers;
    }

    @BeforeEach
    void install() {
        loggers.addTurboFilter(filter);
    }

    @AfterEach
    void stop() {
        loggers.stop();
    }

    @Test
    void whatIsMetAgainWithinAMinuteIsCountedInTheNextMinutesLine() {
        for (int i = 0; i < 200; i++) {
            log.warn(FAILED, "whoop", "SOURCE_UNAVAILABLE");
        }
        pass(Duration.ofSeconds(61));
        log.warn(FAILED, "whoop", "SOURCE_UNAVAILABLE");

        assertThat(lines())
                .containsExactly(
                        "event=source_failed source=whoop kind=SOURCE_UNAVAILABLE",
                        "event=source_failed source=whoop kind=SOURCE_UNAVAILABLE repeated=199");
    }

    @Test
    void theCountIsSaidThoughNothingCameAfterIt() {
        log.warn(FAILED, "whoop", "SOURCE_UNAVAILABLE");
        log.warn(FAILED, "whoop", "SOURCE_UNAVAILABLE");
        pass(Duration.ofSeconds(61));

        filter.sayWhatWasRepeated(Duration.ofMinutes(1).toNanos());
        pass(Duration.ofSeconds(61));
        filter.sayWhatWasRepeated(Duration.ofMinutes(1).toNanos());

        assertThat(lines()).hasSize(2).last().asString().endsWith("repeated=1");
    }

    @Test
    void anotherCauseIsAnotherLine() {
        log.warn(FAILED, "whoop", "SOURCE_UNAVAILABLE");
        log.warn(FAILED, "sahha", "SOURCE_UNAVAILABLE");
        log.warn(FAILED, "whoop", "BAD_SOURCE_REPLY");
        log.error(FAILED, "whoop", "BAD_SOURCE_REPLY");

        assertThat(lines()).hasSize(4);
    }

    @Test
    void aFaultThatMeetsManyMembersIsOneLine() {
        log.warn("event=connect_failed member={} kind={} took_ms={}", "aa", "SOURCE_UNAVAILABLE", 7);
        log.warn("event=connect_failed member={} kind={} took_ms={}", "bb", "SOURCE_UNAVAILABLE", 8);

        assertThat(lines()).hasSize(1);
    }

    @Test
    void anOutageThatSyncsAndConsentsOfManyMembersMeetIsOneLineForEachKind() {
        for (String member : List.of("aa", "bb", "cc")) {
            log.warn(
                    "event=sync_step_failed member={} lane={} collection={} error={} failures={} cause=\"{}\"",
                    member,
                    "INTERACTIVE",
                    "SLEEP",
                    "unavailable",
                    3,
                    "status 503");
            log.warn("event=sync_failed member={} job_id={} error={}", member, "job-" + member, "bad_reply");
            log.warn(
                    "event=arrival_failed member={} error={} failures={} cause=\"{}\"",
                    member,
                    "unavailable",
                    1,
                    "status 503");
        }
        log.warn(
                "event=arrival_failed member={} error={} failures={} cause=\"{}\"",
                "dd",
                "unavailable",
                1,
                "status 502");

        assertThat(lines()).hasSize(4);
    }

    @Test
    void whatIsWrongWithOneRecordOrMemberIsNamedForEach() {
        log.error("event=tokens_unreadable member={}", "aa");
        log.error("event=tokens_unreadable member={}", "bb");
        log.warn("event=record_rejected id={} reason=\"{}\"", 1, "no start");
        log.warn("event=record_rejected id={} reason=\"{}\"", 2, "no start");

        assertThat(lines()).hasSize(4);
    }

    @Test
    void whatADatabaseDidIsWordsInsteadOfAStackTrace() {
        for (int i = 0; i < 218; i++) {
            log.error("event=sahha_store_failed", new IllegalStateException("select …", timeout()));
        }

        assertThat(lines()).hasSize(1);
        assertThat(written.lines().get(0).getThrowableProxy()).isNull();
        assertThat(EventFields.of(written.lines().get(0)))
                .containsEntry("cause", "statement timeout (57014)")
                .hasEntrySatisfying("at", place -> assertThat(place).asString().startsWith("LogThrottleTest.java:"));
    }

    @Test
    void aFaultOfOursKeepsItsStackTraceOnceAMinute() {
        for (int i = 0; i < 3; i++) {
            log.error("event=unexpected_error id={}", "request-" + i, new NullPointerException());
        }

        assertThat(lines()).containsExactly("event=unexpected_error id=request-0");
        assertThat(written.lines().get(0).getThrowableProxy()).isNotNull();
    }

    @Test
    void howOftenAFaultOfOursWasMetStandsBesideItsStackTrace() {
        for (int i = 0; i < 3; i++) {
            log.error("event=unexpected_error id={}", "request-" + i, new IllegalArgumentException("a value of hers"));
            workFails();
        }
        pass(Duration.ofSeconds(61));

        filter.sayWhatWasRepeated(Duration.ofMinutes(1).toNanos());
        workFails();
        pass(Duration.ofSeconds(61));
        workFails();

        assertThat(lines())
                .containsExactlyInAnyOrder(
                        "event=unexpected_error id=request-0",
                        "event=work_failed",
                        "event=unexpected_error id=request-0 repeated=2",
                        "event=work_failed repeated=2",
                        "event=work_failed repeated=1");
        assertThat(written.lines()).allSatisfy(line -> {
            assertThat(line.getThrowableProxy()).isNotNull();
            assertThat(EventFields.of(line).values()).noneMatch(value -> value instanceof Throwable);
        });
    }

    private void workFails() {
        log.error("event=work_failed", new IllegalArgumentException("a value of hers"));
    }

    @Test
    void librariesAreHeldToItToo() {
        Logger library = loggers.getLogger("org.apache.tomcat.jdbc.pool.ConnectionPool");

        library.error("Unable to create a connection", new SQLException("no", "08001", new ConnectException()));
        library.error("Unable to create a connection", new SQLException("no", "08001", new ConnectException()));

        assertThat(lines()).hasSize(1).first().asString().contains("cause=\"connection refused (08001)\"");
    }

    @Test
    void whatIsNoTroubleIsLeftAlone() {
        log.setLevel(Level.DEBUG);
        for (int i = 0; i < 3; i++) {
            log.info("event=request status={}", 200);
            log.debug("event=connection_dropped");
        }

        assertThat(lines()).hasSize(6);
    }

    @Test
    void aLoggerThatIsOffStaysOff() {
        log.setLevel(Level.OFF);

        log.error("event=x", timeout());

        assertThat(lines()).isEmpty();
    }

    private static SQLException timeout() {
        return new SQLException("canceling statement due to statement timeout", "57014");
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    private List<String> lines() {
        return written.messages();
    }
}
