package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.eclipse.jetty.io.EofException;
import org.glassfish.jersey.server.internal.process.MappableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Clients go away all day, and nobody needs a stack trace of that. */
class ClientGoneTest {

    @Test
    void aClientThatWentAwayIsToldFromOurOwnFaults() {
        assertThat(ClientGone.causes(new IOException("Broken pipe"))).isTrue();
        assertThat(ClientGone.causes(new IOException("Connection reset by peer")))
                .isTrue();
        assertThat(ClientGone.causes(new MappableException(new EofException("Closed"))))
                .isTrue();
        assertThat(ClientGone.causes(new IllegalStateException(new ClosedChannelException())))
                .isTrue();
        assertThat(ClientGone.causes(new IOException("No space left on device")))
                .isFalse();
        assertThat(ClientGone.causes(new IllegalStateException("Broken pipe"))).isFalse();
        assertThat(ClientGone.causes(new IOException())).isFalse();
        IllegalStateException first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));
        assertThat(ClientGone.causes(first)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.glassfish.jersey.server.ServerRuntime$Responder",
                "org.eclipse.jetty.server.Response",
                "io.dropwizard.jersey.errors.LoggingExceptionMapper"
            })
    void whatTheServerSaysOfItHasNoStackTraceAndIsNoError(String logger) {
        LibraryLogLevels.install();
        ListAppender<ILoggingEvent> seen = new ListAppender<>();
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        seen.start();
        root.addAppender(seen);
        try {
            LoggerFactory.getLogger(logger)
                    .error("An I/O error has occurred while writing", new EofException(new IOException("Broken pipe")));
            LoggerFactory.getLogger(logger).error("another", new IOException("No space left on device"));
        } finally {
            root.detachAppender(seen);
        }

        assertThat(seen.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO)))
                .hasSize(1)
                .allMatch(line -> line.getMessage().equals("another"));
    }
}
