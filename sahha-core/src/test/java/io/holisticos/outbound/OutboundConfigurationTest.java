package io.holisticos.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandConfiguration.Breaker;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandConfiguration.Pool;
import io.holisticos.command.CommandConfiguration.Semaphores;
import io.holisticos.command.CommandKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundConfigurationTest {

    private static final CommandKey KEY = new CommandKey("STUB_READ");

    @Test
    void hasHystrixsDefaults() throws Exception {
        OutboundConfiguration configuration = read("{}");

        assertThat(configuration.attempts).isEqualTo(3);
        assertThat(configuration.of(KEY, Isolation.THREAD))
                .isEqualTo(new CommandConfiguration(
                        Isolation.THREAD,
                        Duration.ofSeconds(5),
                        new Semaphores(10, 10),
                        new Pool(10, 10, -1, 5, Duration.ofMinutes(1)),
                        new Breaker(20, 50, Duration.ofSeconds(5), Duration.ofSeconds(10), null)));
    }

    @Test
    void readsEverySettingOfAllCommandsAndOfOne() throws Exception {
        OutboundConfiguration configuration = read("""
                requestTimeout: 4s
                command:
                  isolation: SEMAPHORE
                  semaphore: 3
                  fallbackSemaphore: 4
                  threads: 5
                  maxThreads: 6
                  queue: 7
                  queueRejectionThreshold: 8
                  keepAlive: 9s
                  breakerErrorPercentage: 10
                  breakerRequestVolume: 11
                  breakerWindow: 12s
                  breakerSleep: 13s
                  forceClosed: true
                commands:
                  STUB_READ:
                    isolation: THREAD
                    timeout: 1s
                    threads: 20
                    forceOpen: true
                """);

        assertThat(configuration.of(new CommandKey("STUB_OTHER"), Isolation.THREAD))
                .isEqualTo(new CommandConfiguration(
                        Isolation.SEMAPHORE,
                        Duration.ofSeconds(4),
                        new Semaphores(3, 4),
                        new Pool(5, 6, 7, 8, Duration.ofSeconds(9)),
                        new Breaker(
                                11, 10, Duration.ofSeconds(13), Duration.ofSeconds(12), Command.Force.FORCED_CLOSED)));
        assertThat(configuration.of(KEY, Isolation.THREAD))
                .isEqualTo(new CommandConfiguration(
                        Isolation.THREAD,
                        Duration.ofSeconds(1),
                        new Semaphores(3, 4),
                        new Pool(20, 20, 7, 8, Duration.ofSeconds(9)),
                        new Breaker(
                                11, 10, Duration.ofSeconds(13), Duration.ofSeconds(12), Command.Force.FORCED_OPEN)));
        assertThat(configuration.of(KEY, Isolation.SEMAPHORE).isolation()).isEqualTo(Isolation.SEMAPHORE);
        assertThat(configuration.ownCommands()).containsExactly("STUB_READ");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "requestTimeout: 61s",
                "attempts: 0",
                "breakerSleep: 5s",
                "command: null",
                "command: {isolation: HOPE}",
                "command: {timeout: 1ms}",
                "command: {semaphore: 0}",
                "command: {fallbackSemaphore: -1}",
                "command: {threads: 0}",
                "command: {threads: 5, maxThreads: 4}",
                "command: {queue: -2}",
                "command: {queueRejectionThreshold: 0}",
                "command: {keepAlive: 0s}",
                "command: {breakerErrorPercentage: 101}",
                "command: {breakerRequestVolume: 0}",
                "command: {breakerWindow: 500ms}",
                "command: {breakerSleep: 0s}",
                "commands: {STUB_READ: {timeout: 61s}}",
                "commands: {STUB_READ: null}",
                "commands: {STUB_READ: {time: 1s}}"
            })
    void refuses(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigurationException.class);
    }

    private static OutboundConfiguration read(String yaml) throws IOException, ConfigurationException {
        return new DefaultConfigurationFactoryFactory<OutboundConfiguration>()
                .create(OutboundConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test.yml");
    }
}
