package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.sandbox.environment.CommandLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sandbox's options, and what the person reads after an invalid one. */
class SandboxOptionsTest {

    @Test
    void withoutOptionsThereAreTheFiveNamedMembers() throws ArgumentParserException {
        SandboxOptions options = SandboxOptions.parse(new String[0], Map.of());

        assertThat(options)
                .isEqualTo(new SandboxOptions(8080, 8081, 9100, 9200, null, 0, 7, 1, null, "yourapp:", true));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 500})
    void thereMayBeUpToFiveHundredExtraMembers(int users) throws ArgumentParserException {
        assertThat(parse("--users", Integer.toString(users)).users()).isEqualTo(users);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--users 0",
                "--users -1",
                "--users 501",
                "--users 99999999999",
                "--users many",
                "--users 1.5",
                "--users",
                "--port 0",
                "--port 65536",
                "--port 9100",
                "--whoop-port 9200",
                "--speed 0",
                "--speed NaN",
                "--seed x",
                "--unknown",
                "something"
            })
    void anInvalidOptionIsRefusedWithOneLine(String line) {
        assertThat(refusal(() -> parse(line.split(" ")))).isNotBlank();
    }

    @Test
    void anInvalidEnvironmentVariableIsRefusedTheSameWay() {
        String refusal = refusal(() -> SandboxOptions.parse(new String[0], Map.of("SANDBOX_USERS", "501")));

        assertThat(refusal).contains("--users must be 1 to 500, was 501");
    }

    private static SandboxOptions parse(String... args) throws ArgumentParserException {
        return SandboxOptions.parse(args, Map.of());
    }

    /** The line that the person reads. */
    static String refusal(Parse parse) {
        PrintStream usual = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThatThrownBy(parse::run)
                    .isInstanceOfSatisfying(
                            ArgumentParserException.class,
                            e -> assertThat(CommandLine.explain(e)).isEqualTo(2));
        } finally {
            System.setErr(usual);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        return printed.toString(StandardCharsets.UTF_8);
    }

    interface Parse {
        void run() throws ArgumentParserException;
    }
}
