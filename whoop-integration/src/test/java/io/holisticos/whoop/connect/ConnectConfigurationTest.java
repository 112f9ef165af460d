package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.util.Duration;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectConfigurationTest {

    @Test
    void hasDefaultsThatSuitWhoop() throws Exception {
        ConnectConfiguration configuration = read("clientId: id\nclientSecret: secret\n");

        assertThat(configuration.hasCredentials()).isTrue();
        assertThat(configuration.authorizeUrl).hasToString("https://api.prod.whoop.com/oauth/oauth2/auth");
        assertThat(configuration.tokenUrl).hasToString("https://api.prod.whoop.com/oauth/oauth2/token");
        assertThat(configuration.scopes).hasSize(7).contains("offline");
        assertThat(configuration.linkTtl).isEqualTo(Duration.minutes(10));
        assertThat(configuration.refreshTimeout).isEqualTo(Duration.seconds(15));
        assertThat(configuration.keepAliveAfter).isEqualTo(Duration.days(7));
        assertThat(configuration.redirectUri()).hasToString("http://localhost:8080/api/v1/whoop/callback");
        assertThat(configuration.secureCookies()).isFalse();
        assertThat(configuration.pkce).isFalse();
        assertThat(configuration.requireSession).isFalse();
        assertThat(configuration.toString()).doesNotContain("secret");
        assertThat(read("linkTtl: 5m\n").hasCredentials()).isFalse();
    }

    @Test
    void takesEverythingFromYaml() throws Exception {
        ConnectConfiguration configuration = read("""
                clientId: id
                clientSecret: secret
                authorizeUrl: http://localhost:9100/oauth/oauth2/auth
                tokenUrl: http://localhost:9100/oauth/oauth2/token
                publicUrl: https://health.example/
                redirectUri: https://other.example/callback
                scopes: [offline, "read:sleep"]
                returnTo: ["https://app.example/done", "holisticos:"]
                pkce: true
                requireSession: true
                linkTtl: 5m
                refreshTimeout: 20s
                keepAliveAfter: 3d
                """);

        assertThat(configuration.clientSecret()).isEqualTo("secret");
        assertThat(configuration.authorizeUrl).hasToString("http://localhost:9100/oauth/oauth2/auth");
        assertThat(configuration.tokenUrl).hasToString("http://localhost:9100/oauth/oauth2/token");
        assertThat(configuration.below("/connect/x")).hasToString("https://health.example/connect/x");
        assertThat(configuration.redirectUri()).hasToString("https://other.example/callback");
        assertThat(configuration.scopes).containsExactly("offline", "read:sleep");
        assertThat(configuration.returnTo).isEqualTo(List.of("https://app.example/done", "holisticos:"));
        assertThat(configuration.pkce).isTrue();
        assertThat(configuration.requireSession).isTrue();
        assertThat(configuration.linkTtl).isEqualTo(Duration.minutes(5));
        assertThat(configuration.refreshTimeout).isEqualTo(Duration.seconds(20));
        assertThat(configuration.keepAliveAfter).isEqualTo(Duration.days(3));
        assertThat(configuration.secureCookies()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "clientSecret: ''|clientSecret is required",
                "scopes: ['read:sleep']|must name offline",
                "scopes: []|scopes",
                "returnTo: ['http://app.example']|returnTo (RETURN_TO) holds",
                "returnTo: ['intent:']|returnTo (RETURN_TO) holds",
                "publicUrl: 'ftp://health.example'|publicUrl must be",
                "linkTtl: 10s|linkTtl",
                "refreshTimeout: 1h|refreshTimeout",
                "keepAliveAfter: 30d|keepAliveAfter",
                "unheardOf: 1|unheardOf"
            })
    void refusesWhatCannotWork(String line, String named) {
        String secret = line.startsWith("clientSecret") ? "" : "clientSecret: secret\n";

        assertThatThrownBy(() -> read("clientId: id\n" + secret + line + "\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named);
    }

    private static ConnectConfiguration read(String yaml) throws Exception {
        return new YamlConfigurationFactory<>(
                        ConnectConfiguration.class,
                        Validators.newValidator(),
                        Jackson.newObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES),
                        "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "connect.yml");
    }
}
