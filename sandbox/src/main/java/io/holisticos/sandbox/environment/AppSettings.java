package io.holisticos.sandbox.environment;

import io.holisticos.app.HealthApplication;
import io.holisticos.twins.sahha.SahhaTwin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How the app is configured on this machine: its own {@code config.yml} and values for its environment variables.
 *
 * @param whoopUrl base URL of WHOOP's twin
 * @param sahhaUrl base URL of Sahha's twin
 */
public record AppSettings(int port, int adminPort, String whoopUrl, String sahhaUrl) {

    /** The secret that Sahha's twin signs its webhooks with. */
    public static final String SAHHA_WEBHOOK_SECRET = "sandbox-sahha-webhook-secret";

    /** The base URL of the app. */
    public String appUrl() {
        return "http://localhost:" + port;
    }

    /** The base URL of its admin port. */
    public String adminUrl() {
        return "http://localhost:" + adminPort;
    }

    /** The environment variables; callers may add to the map. */
    public Map<String, String> variables(Postgres postgres) {
        Map<String, String> variables = new HashMap<>();
        variables.put("DEPLOYMENT", "sandbox");
        variables.put("PUBLIC_URL", appUrl());
        variables.put("PORT", Integer.toString(port));
        variables.put("BIND_HOST", "127.0.0.1");
        variables.put("ADMIN_PORT", Integer.toString(adminPort));
        variables.put("LOG_LEVEL", "WARN");
        variables.put("DRAIN_TIME", "0s"); // no load balancer needs to notice
        variables.put("WARM_UP", "0s"); // whoever waits for the ready line would wait for it
        variables.put("LOG_LAYOUT", "text");
        variables.put("SAHHA_DATABASE_URL", postgres.url(Postgres.SAHHA));
        variables.put("WHOOP_DATABASE_URL", postgres.url(Postgres.WHOOP));
        variables.put(
                "VAULT_KEY",
                Base64.getEncoder()
                        .encodeToString("a key for synthetic people only.".getBytes(StandardCharsets.US_ASCII)));
        variables.put("SAHHA_URL", sahhaUrl);
        variables.put("SAHHA_CLIENT_ID", "sandbox-sahha-client");
        variables.put("SAHHA_CLIENT_SECRET", "sandbox-sahha-secret");
        variables.put("SAHHA_WEBHOOK_SECRET", SAHHA_WEBHOOK_SECRET);
        variables.put("JWT_ISSUER", SahhaTwin.issuerOn(URI.create(sahhaUrl).getPort()));
        variables.put("JWT_AUDIENCE", SahhaTwin.MEMBERS_AUDIENCE);
        variables.put("JWT_JWKS_URL", sahhaUrl + "/_twin/jwks.json");
        variables.put("WHOOP_URL", whoopUrl);
        variables.put("WHOOP_CLIENT_ID", "sandbox-client");
        variables.put("WHOOP_CLIENT_SECRET", "sandbox-client-secret");
        return variables;
    }

    /** Copies the service's own {@code config.yml} out of the jar into a temporary folder. */
    public static Path file() throws IOException {
        Path file = Files.createTempDirectory("sandbox").resolve("config.yml");
        try (InputStream packaged =
                Objects.requireNonNull(HealthApplication.class.getResourceAsStream("/config.yml"), "config.yml")) {
            Files.copy(packaged, file);
        }
        return file;
    }

    /** Removes the file and folder that {@link #file} made. */
    public static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(Objects.requireNonNull(file.getParent()));
    }
}
