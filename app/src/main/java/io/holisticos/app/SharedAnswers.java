package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.core.setup.Environment;
import io.holisticos.cache.RedisConfiguration;
import io.holisticos.cache.SecondLevel;
import io.holisticos.cache.redis.RedisLevel;
import io.holisticos.command.Commands;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.HealthSource;
import io.holisticos.health.UserId;
import io.holisticos.vault.MemberHash;
import io.holisticos.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Builds the second level of kept answers, if there is one. */
final class SharedAnswers {

    private static final int EDITION_CHARACTERS = 16;

    private final HealthConfiguration configuration;
    private final Environment environment;
    private final Clock clock;

    SharedAnswers(HealthConfiguration configuration, Environment environment, Clock clock) {
        this.configuration = configuration;
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * The level, started and stopped with the service. Without a Redis in the configuration nothing of it is built.
     *
     * @param vault has the members' keys; empty when there is none
     * @param sources whose changes the level has to hear of
     */
    SecondLevel level(Commands commands, Optional<Vault> vault, List<BoundedSource> sources) {
        return configuration
                .cache
                .redis()
                .flatMap(redis -> vault.map(keys -> level(redis, commands, keys, sources)))
                .orElse(SecondLevel.NONE);
    }

    private SecondLevel level(RedisConfiguration redis, Commands commands, Vault vault, List<BoundedSource> sources) {
        RedisLevel level = new RedisLevel(
                redis,
                edition(),
                new RedisLevel.Tools(
                        commands,
                        environment.metrics(),
                        vault,
                        () -> sources.stream().allMatch(HealthSource::isTelling),
                        clock,
                        System::nanoTime));
        environment.lifecycle().manage(level);
        environment.healthChecks().register("cache-redis", level.healthCheck());
        return level;
    }

    /**
     * Replicas of one edition have the same code, settings, databases and keys, so that one may give what another one made, and
     * all hear of the same changes.
     */
    private String edition() {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            try (DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), hash)) {
                writeCode(out);
                out.write(settings().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(hash.digest()).substring(0, EDITION_CHARACTERS);
        } catch (IOException e) {
            throw new UncheckedIOException("the code of the service can be read, since it runs", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The jar. Classes in a folder are those of who develops them, and change with each build. */
    private static void writeCode(DigestOutputStream out) throws IOException {
        try {
            Path code = Path.of(SharedAnswers.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isRegularFile(code)) {
                try (InputStream in = Files.newInputStream(code)) {
                    in.transferTo(out);
                }
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a location of code is an address", e);
        }
    }

    private String settings() throws JsonProcessingException {
        ObjectMapper json = environment
                .getObjectMapper()
                .copy()
                .setVisibility(PropertyAccessor.ALL, Visibility.NONE)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);
        return String.join(
                "\n",
                json.writeValueAsString(configuration.decidingAnswers()),
                MemberHash.of(configuration.vault).of(new UserId("edition")));
    }
}
