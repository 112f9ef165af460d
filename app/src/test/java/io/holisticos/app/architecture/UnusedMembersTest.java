package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UnusedMembersTest {

    /** Export and erase, next round. */
    private static final Set<String> NEXT_ROUND = Set.of(
            "vault.Vault.shred",
            "whoop.connect.Consents.erase",
            "whoop.custody.Connections.erase",
            "whoop.webhook.WebhookInbox.erase");

    /** Parts of keys: they make two keys differ, and nobody reads them. */
    private static final Set<String> COMPARED = Set.of(
            "app.LogThrottle.Cause.level",
            "app.LogThrottle.Cause.logger",
            "app.LogThrottle.Cause.said",
            "app.LogThrottle.Cause.thrown",
            "sahha.data.RowChanges.Identity.periodicity");

    /** What a person reads in {@code metrics.yml}; its presence and form are checked at start. */
    private static final Set<String> READ_BY_PEOPLE = Set.of(
            "health.MetricDefinition.loinc",
            "health.MetricDefinition.method",
            "health.MetricDefinition.quantity",
            "health.MetricDefinition.ucum",
            "health.MetricDefinition.Provider.citation",
            "health.MetricDefinition.Range.source",
            "health.MetricDefinition.Tolerance.source",
            "health.ScoreDefinition.citation",
            "health.ScoreDefinition.from");

    private static final Set<String> EXCEPTIONS =
            Stream.of(NEXT_ROUND, COMPARED, READ_BY_PEOPLE).flatMap(Set::stream).collect(Collectors.toSet());

    @Test
    void mainCodeUsesAllOfMainCode() {
        List<String> elsewhere = new ArrayList<>();
        MainCode.sources("sandbox").forEach(file -> elsewhere.add(MainCode.read(file)));
        for (String module : List.of("sahha-core", "whoop-integration", "app")) {
            Path resources = MainCode.ROOT.resolve(module).resolve("src/main/resources");
            MainCode.files(resources, ".ftlh").forEach(file -> elsewhere.add(MainCode.read(file)));
            MainCode.files(resources.resolve("META-INF"), "").stream()
                    .filter(java.nio.file.Files::isRegularFile)
                    .forEach(file -> elsewhere.add(MainCode.read(file)));
        }

        Set<String> unused = new UnusedMembers(
                        MainCode.product(), sources(List.of("sahha-core", "whoop-integration", "app")), elsewhere)
                .names();
        unused.removeAll(EXCEPTIONS);

        assertThat(unused)
                .as("what no main code uses goes, with the tests that test only it")
                .isEmpty();
    }

    @Test
    void everyExceptionNamesAMemberThatExists() {
        Set<String> members = new TreeSet<>();
        for (JavaClass type : MainCode.product()) {
            type.getMembers().forEach(member -> members.add(UnusedMembers.nameOf(type) + '.' + member.getName()));
        }

        assertThat(members).containsAll(EXCEPTIONS);
    }

    @Test
    void whatNobodyUsesIsFoundAndWhatSomebodyUsesIsNot() {
        Map<String, String> sources = new HashMap<>();
        Path folder = Path.of("src/test/java");
        MainCode.files(folder.resolve("io/holisticos/app/architecture/planted/unused"), ".java")
                .forEach(file -> sources.put(nameOf(folder, file), MainCode.read(file)));

        Set<String> unused = new UnusedMembers(MainCode.planted("unused"), sources, List.of()).names();

        Set<String> simple = new TreeSet<>();
        unused.forEach(name -> simple.add(name.substring(name.indexOf("unused.") + "unused.".length())));
        assertThat(simple)
                .containsExactly("Left", "Used.NAME_LEFT", "Used.Pair.neverRead", "Used.neverCalled", "Used.onlySet");
    }

    private static Map<String, String> sources(List<String> modules) {
        Map<String, String> sources = new HashMap<>();
        for (String module : modules) {
            Path folder = MainCode.ROOT.resolve(module).resolve("src/main/java");
            MainCode.sources(module).forEach(file -> sources.put(nameOf(folder, file), MainCode.read(file)));
        }
        return sources;
    }

    private static String nameOf(Path folder, Path file) {
        return folder.relativize(file).toString().replaceAll("[/\\\\]", ".").replaceAll("\\.java$", "");
    }
}
