package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of the command {@code twins}. */
class TwinsOptionsTest {

    @Test
    void withoutOptionsTheySuitAnAppOnItsUsualPort() throws ArgumentParserException {
        TwinsOptions options = TwinsOptions.parse(new String[0]);

        assertThat(options.whoopPort()).isEqualTo(9100);
        assertThat(options.sahhaPort()).isEqualTo(9200);
        assertThat(options.redirectUris()).containsExactly("http://localhost:8080/api/v1/whoop/callback");
        assertThat(options.whoopWebhooks()).containsExactly(URI.create("http://localhost:8080/webhooks/whoop"));
        assertThat(options.sahhaWebhooks()).containsExactly(URI.create("http://localhost:8080/webhooks/sahha"));
    }

    @Test
    void takesSeveralAddressesAtOnceAndOneAfterAnother() throws ArgumentParserException {
        TwinsOptions options = parse("--redirect-uri http://127.0.0.1:8000/back https://health.example.com/back"
                + " --redirect-uri holisticos://back --webhook http://[::1]:1/webhooks/whoop"
                + " --webhook https://a.example.com/whoop http://localhost:1/webhooks/sahha"
                + " --redirect-uri https://health.example.com/back");

        assertThat(options.redirectUris())
                .containsExactly("http://127.0.0.1:8000/back", "https://health.example.com/back", "holisticos://back");
        assertThat(options.whoopWebhooks())
                .containsExactly(
                        URI.create("http://[::1]:1/webhooks/whoop"), URI.create("https://a.example.com/whoop"));
        assertThat(options.sahhaWebhooks()).containsExactly(URI.create("http://localhost:1/webhooks/sahha"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--redirect-uri",
                "--redirect-uri http://health.example.com/back",
                "--redirect-uri /back",
                "--redirect-uri https:///back",
                "--redirect-uri mailto:somebody",
                "--redirect-uri https://health.example.com/back#part",
                "--webhook http://10.0.0.7/webhooks/whoop",
                "--webhook holisticos://webhooks/whoop",
                "--webhook not-an-address",
                "--webhook http://localhost:1/sahha http://localhost:2/sahha",
                "--whoop-port 0",
                "--whoop-port 9200",
                "--sahha-port x",
                "--users 0",
                "--users 501",
                "--speed -1",
                "--port 8080"
            })
    void anInvalidOptionIsRefusedWithOneLine(String line) {
        assertThat(SandboxOptionsTest.refusal(() -> parse(line))).isNotBlank();
    }

    private static TwinsOptions parse(String line) throws ArgumentParserException {
        return TwinsOptions.parse(line.split(" "));
    }
}
