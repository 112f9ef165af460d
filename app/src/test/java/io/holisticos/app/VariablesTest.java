package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariablesTest {

    @ParameterizedTest
    @CsvSource({
        "at rediss://health:a-password@redis.internal:6379/0 now, at rediss://health:…@redis.internal:6379/0 now",
        "at redis://:a-password@localhost, at redis://:…@localhost",
        "jdbc:postgresql://a/b?user=c&password=d&ssl=true, jdbc:postgresql://a/b?user=c&password=…&ssl=true",
        "jdbc:postgresql://localhost:5432/sahha, jdbc:postgresql://localhost:5432/sahha",
        "http://localhost:8080/a?to=anna@example.com, http://localhost:8080/a?to=anna@example.com"
    })
    void passwordsInAddressesAreHidden(String text, String hidden) {
        assertThat(new Variables(name -> null).hidden(text)).isEqualTo(hidden);
    }
}
