package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.testing.LogLines;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the start and {@code check} say of settings that leave something open. */
class SettingWarningsTest {

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "PUBLIC_URL",
            "https://health.example.com",
            "SAHHA_DATABASE_URL",
            "jdbc:postgresql://localhost:1/sahha",
            "VAULT_KEY",
            Base64.getEncoder().encodeToString("a key of thirty-two bytes, 12345".getBytes(StandardCharsets.US_ASCII)),
            "SAHHA_CLIENT_ID",
            "client",
            "SAHHA_CLIENT_SECRET",
            "client-secret-text",
            "WHOOP_CLIENT_ID",
            "whoop-client",
            "WHOOP_CLIENT_SECRET",
            "whoop-secret-text"));

    @Test
    void membersWhoSignInAndLinksThatWorkForAnybodyAreToldTogether() throws Exception {
        variables.put("HOSTS", "health.internal");
        assertThat(said()).isEmpty();

        variables.putAll(Map.of(
                "JWT_ISSUER", "https://idp.example.com/",
                "JWT_AUDIENCE", "health",
                "JWT_JWKS_URL", "https://idp.example.com/keys"));
        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("event=connect_needs_no_session")
                .contains("CONNECT_REQUIRE_SESSION=true");

        variables.put("CONNECT_REQUIRE_SESSION", "true");
        assertThat(said()).isEmpty();
        variables.put("CONNECT_REQUIRE_SESSION", "false");
        variables.remove("WHOOP_CLIENT_ID");
        variables.remove("WHOOP_CLIENT_SECRET");
        assertThat(said()).as("nobody connects").isEmpty();
    }

    @Test
    void aPortThatAnswersByAnyNameIsTold() throws Exception {
        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("event=any_host_answered")
                .contains("HOSTS");
    }

    @Test
    void checkSaysTheSame() {
        variables.putAll(Map.of(
                "JWT_ISSUER", "https://idp.example.com/",
                "JWT_AUDIENCE", "health",
                "JWT_JWKS_URL", "https://idp.example.com/keys"));
        assertThat(check()).contains("warning connect links: ", "warning hosts: ");

        variables.putAll(Map.of("CONNECT_REQUIRE_SESSION", "true", "HOSTS", "health.internal"));
        assertThat(check()).contains("ok      connect links: ", "ok      hosts: ");

        variables.put("DEPLOYMENT", "sandbox");
        assertThat(check()).doesNotContain("connect links", "hosts: ");
    }

    private String check() {
        return CommandRun.of(
                        new HealthApplication(Clock.systemUTC(), variables::get),
                        "check",
                        RunningApp.SHIPPED.toString())
                .out();
    }

    private List<String> said() throws Exception {
        HealthApplication application = new HealthApplication(Clock.systemUTC(), variables::get);
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        HealthConfiguration configuration = bootstrap
                .getConfigurationFactoryFactory()
                .create(
                        HealthConfiguration.class,
                        bootstrap.getValidatorFactory().getValidator(),
                        bootstrap.getObjectMapper(),
                        "dw")
                .build(bootstrap.getConfigurationSourceProvider(), RunningApp.SHIPPED.toString());
        try (LogLines lines = LogLines.of(SettingWarnings.class)) {
            SettingWarnings.tell(configuration);
            return lines.messages();
        }
    }
}
