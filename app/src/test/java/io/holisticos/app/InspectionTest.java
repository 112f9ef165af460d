package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code check} finds on a host and a server that are not as they should be. */
class InspectionTest {

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "DEPLOYMENT", "sandbox",
            "PUBLIC_URL", "http://localhost:8080",
            "SAHHA_DATABASE_URL",
                    TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG).url(),
            "VAULT_KEY", Base64.getEncoder().encodeToString(new byte[32]),
            "SAHHA_CLIENT_ID", "client",
            "SAHHA_CLIENT_SECRET", "client-secret-text"));

    @Test
    void aHostWhoseClockIsOffFails() throws Exception {
        assertThat(findings(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(10))))
                .filteredOn(Finding::isFailed)
                .singleElement()
                .satisfies(finding -> assertThat(finding.line())
                        .startsWith("failed  sahhaDatabase clock: ")
                        .contains("NTP"));
    }

    @Test
    void withoutWhoopNothingOfItIsLookedAt() throws Exception {
        assertThat(findings(Clock.systemUTC()).stream().map(Finding::line))
                .noneMatch(line -> line.contains("whoopDatabase") || line.contains("vault"))
                .contains("ok      credentials: are set for sahha; left out, since they are not: whoop")
                .anyMatch(line -> line.startsWith("warning service keys: 0 service keys let somebody in: make one"));
    }

    @Test
    void aRoleWithFewConnectionsHasRoomForFewReplicas() throws Exception {
        variables.put("SAHHA_DATABASE_POOL", "100");
        assertThat(connections())
                .startsWith("warning connections of sahhaDatabase: ")
                .contains("room for 2 replicas");

        variables.put("SAHHA_DATABASE_POOL", "400");
        assertThat(connections())
                .startsWith("failed  connections of sahhaDatabase: ")
                .contains("raise max_connections or lower sahhaDatabase maxSize");
    }

    private String connections() throws Exception {
        return findings(Clock.systemUTC()).stream()
                .map(Finding::line)
                .filter(line -> line.contains("connections of"))
                .findFirst()
                .orElseThrow();
    }

    private List<Finding> findings(Clock host) throws Exception {
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
        return new Inspection(configuration, Clock.systemUTC(), host).findings();
    }
}
