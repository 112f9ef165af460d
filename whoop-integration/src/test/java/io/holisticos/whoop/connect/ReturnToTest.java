package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.InvalidRequest;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnToTest {

    private final ReturnTo returnTo = new ReturnTo(
            List.of("https://app.example/done", "https://root.example?from=whoop", "holisticos:", "other-app://"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example/done",
                "https://root.example?from=whoop",
                "holisticos://connected",
                "HOLISTICOS://connected",
                "other-app://x/y?z"
            })
    void allowsTheAddressesOfTheListAndTheSchemesOfApps(String address) {
        assertThat(returnTo.allowed(address)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example/donex",
                "https://app.example/",
                "https://app.example/done/",
                "https://app.example/done/deeper",
                "https://app.example/done?x=1",
                "https://APP.example/done",
                "https://root.example",
                "https://app.example/done/../admin",
                "https://app.example/done/%2e%2e/admin",
                "https://app.example:8443/done",
                "https://app.example.evil.example/done",
                "https://app.example@evil.example/done",
                "https://user@app.example/done",
                "http://app.example/done",
                "https://app.example/done#here",
                "//app.example/done",
                "/done",
                "holisticos:opaque",
                "holisticosx://connected",
                "holisticos://user@connected",
                "holisticos://connected#part",
                "holisticos://connect\u0435d",
                "javascript:alert(1)",
                "https://app.example/done\u0000",
                "not a uri",
                ""
            })
    void refusesEverythingElse(String address) {
        assertThatThrownBy(() -> returnTo.allowed(address)).isInstanceOf(InvalidRequest.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example", "https://app.example/a?b=c", "holisticos:", "holisticos://"})
    void takesUsableRules(String rule) {
        assertThat(ReturnTo.isUsableRule(rule)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://app.example",
                "javascript:",
                "data:",
                "https:",
                "https://",
                "https://user@app.example",
                "https://app.example#x",
                "https://app.example\u0430",
                "intent:",
                "view-source:",
                "HTTP:",
                "holisticos://host",
                ":",
                ""
            })
    void refusesRulesThatAllowTooMuchOrNothing(String rule) {
        assertThat(ReturnTo.isUsableRule(rule)).isFalse();
    }
}
