package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holisticos.testing.AsInProduction;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.OneVaultKey;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.function.Consumer;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Jdbi;

/** Records as WHOOP sends them, from the recorded samples, with fields changed where a test needs it. */
public final class Samples {

    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Samples() {}

    public static <T> Fetched<T> sample(String name, Class<T> type) {
        return sample(name, type, any -> {});
    }

    public static <T> Fetched<T> sample(String name, Class<T> type, Consumer<ObjectNode> change) {
        try (InputStream in = Samples.class.getResourceAsStream("/fixtures/whoop/" + name + ".json")) {
            ObjectNode tree = (ObjectNode) MAPPER.readTree(in);
            change.accept(tree);
            return new Fetched<>(MAPPER.treeToValue(tree, type), tree.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record as WHOOP would write it, nulls left out, so that null and absent compare as equal. */
    public static JsonNode written(Object record) {
        return withoutNulls(MAPPER.valueToTree(record));
    }

    /** A few connections kept open: opening one costs more than most tests do. */
    public static Jdbi pooled(TestDatabase database) {
        return AsInProduction.statements(Jdbi.create(pool(database)));
    }

    public static DataSource pool(TestDatabase database) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(database.url());
        properties.setUsername("postgres");
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setInitialSize(1);
        properties.setMaxActive(8);
        return new DataSource(properties);
    }

    public static Vault vault(Jdbi jdbi) {
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        return new Vault(jdbi, OneVaultKey.of("test", key), new SecureRandom(), Clock.systemUTC());
    }

    private static JsonNode withoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode clean = MAPPER.createObjectNode();
            object.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    clean.set(field.getKey(), withoutNulls(field.getValue()));
                }
            });
            return clean;
        }
        return node;
    }
}
