package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code deploy/}, read by the tools that they are for (Debian's). */
@Tag("deep")
class DeploymentToolsTest {

    private static final Path DEPLOY = Path.of("../deploy").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void haproxyTakesItsFile() throws Exception {
        said("/usr/sbin/haproxy", "-c", "-f", DEPLOY.resolve("haproxy.cfg").toString());
    }

    @Test
    void nginxTakesItsFile() throws Exception {
        Path own = Files.writeString(
                folder.resolve("nginx.conf"),
                Files.readString(DEPLOY.resolve("nginx.conf"))
                        .replace("/run/nginx.pid", folder.resolve("pid").toString()));

        assertThat(said("/usr/sbin/nginx", "-t", "-c", own.toString())).doesNotContain("[warn]");
    }

    /** It says nothing when there is nothing to say, and ends with 0 for much that systemd would then leave out. */
    @Test
    void systemdHasNothingToSayAboutItsUnit() throws Exception {
        Path own = Files.copy(
                DEPLOY.resolve("systemd/unified-health@.service"), folder.resolve("unified-health@1.service"));

        assertThat(said("systemd-analyze", "verify", own.toString()).lines())
                .filteredOn(line -> line.contains("unified-health"))
                .isEmpty();
    }

    @Test
    void composeHasTwoReplicasWithAllTheyAreTold() throws Exception {
        Path environment = Files.writeString(
                folder.resolve("env"),
                Files.readString(DEPLOY.resolve("compose/env.example")).replaceAll("(?m)=$", "=something")
                        + "\nLIMIT_MEMBER=7\nHOSTS=health.internal\n");

        JsonNode read = new ObjectMapper(new YAMLFactory())
                .readTree(said(
                        "docker-compose",
                        "--env-file",
                        environment.toString(),
                        "-f",
                        DEPLOY.resolve("compose.yaml").toString(),
                        "config"));

        for (String replica : List.of("app-1", "app-2")) {
            JsonNode told = read.at("/services/" + replica + "/environment");
            assertThat(told.path("REPLICA").asText()).isEqualTo(replica);
            assertThat(told.path("SAHHA_DATABASE_USER").asText()).isEqualTo("health_runtime");
            assertThat(told.path("VAULT_KEY").asText()).isEqualTo("something");
            assertThat(told.path("LIMIT_MEMBER").asText()).isEqualTo("7");
            assertThat(told.path("LIMIT_ADDRESS").asText())
                    .as("as config.yml has it")
                    .isEmpty();
            assertThat(told.path("HOSTS").asText()).isEqualTo("app-1,app-2,health.internal");
        }
    }

    @Test
    void composeDoesNotStartWithoutASecret() throws Exception {
        Process compose = start(
                "docker-compose",
                "--env-file",
                DEPLOY.resolve("compose/env.example").toString(),
                "-f",
                DEPLOY.resolve("compose.yaml").toString(),
                "config");

        assertThat(compose.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(compose.exitValue()).isNotZero();
    }

    /** Of npm, which fetches it: where there is no npm, or nothing to fetch it from, {@code .ci/image} does the same. */
    @Test
    void aLinterHasNothingToSayAboutTheDockerfile() throws Exception {
        assumeTrue(isInstalled("npx"), "npm is not installed");
        Process npx = start(
                "npx",
                "--yes",
                "dockerfile-utils@0.16.3",
                "lint",
                DEPLOY.resolveSibling("Dockerfile").toString());

        assertThat(npx.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(folder.resolve("said"));
        assumeFalse(said.contains("npm error"), "the linter is not to be had here");
        assertThat(said).isEmpty();
        assertThat(npx.exitValue()).isZero();
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }

    private String said(String... command) throws Exception {
        Process process = start(command);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(folder.resolve("said"));
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
    }
}
