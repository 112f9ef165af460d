package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFilesTest {

    /** What of module app knows WHOOP by name. A third source touches none of these but the first. */
    private static final Set<String> MAY_NAME_WHOOP = Set.of(
            // the list of sources, and the application, which builds and registers what is there
            "Sources.java",
            "HealthApplication.java",
            "WhoopWiring.java",
            "Product.java",
            "Ground.java",
            "Rehearsal.java",
            // configuration
            "HealthConfiguration.java",
            "DatabaseConfiguration.java",
            "ProductionSafe.java",
            "Flag.java",
            // routes, and what the API's document says of them
            "SourceHealthResource.java",
            "DetailedHealth.java",
            "DetailedHealthResource.java",
            "ProbeResource.java",
            "Readiness.java",
            "RouteGroup.java",
            "CrossOrigin.java",
            "QuotaTask.java",
            // commands, and their change logs
            "RebuildWhoop.java",
            "ReactivateConnections.java",
            "CommandDatabase.java",
            "MembersCommand.java",
            "QuotaCommand.java",
            "SyncStatusCommand.java",
            "SyncStatusLines.java",
            "WhoopCheckCommand.java",
            "Migrations.java",
            "OperatorMessage.java");

    @TempDir
    private Path planted;

    @Test
    void noFileOfMainCodeIsLongerThanFourHundredLines() {
        Set<String> tooLong = new TreeSet<>();
        for (String module : MainCode.MODULES) {
            assertThat(MainCode.sources(module)).as(module).hasSizeGreaterThan(5);
            tooLong.addAll(SourceFiles.tooLong(MainCode.sources(module)));
        }

        assertThat(tooLong).as("each does two things: split it where they part").isEmpty();
    }

    @Test
    void aFileOfFourHundredAndOneLinesIsFound() throws IOException {
        Files.writeString(planted.resolve("Long.java"), "//\n".repeat(SourceFiles.MAX_LINES + 1));
        Files.writeString(planted.resolve("Short.java"), "//\n".repeat(SourceFiles.MAX_LINES));

        assertThat(SourceFiles.tooLong(MainCode.files(planted, ".java"))).containsExactly("Long.java");
    }

    @Test
    void onlyTheListOfSourcesConfigurationRoutesAndCommandsOfTheAppNameWhoop() {
        Set<String> naming = SourceFiles.naming("whoop", MainCode.sources("app"));
        naming.removeAll(MAY_NAME_WHOOP);

        assertThat(naming)
                .as("iterate Sources, so that a third source touches nothing here")
                .isEmpty();
    }

    @Test
    void aFileWhoseCodeNamesWhoopIsFound() throws IOException {
        Files.writeString(planted.resolve("Names.java"), "class Names { Object whoopPart; }");
        Files.writeString(
                planted.resolve("Tells.java"),
                "import io.holisticos.whoop.WhoopModule;\n/** As WHOOP does. */\nclass Tells {\n    // WHOOP\n}");

        assertThat(SourceFiles.naming("whoop", List.of(planted.resolve("Names.java"), planted.resolve("Tells.java"))))
                .containsExactly("Names.java");
    }
}
