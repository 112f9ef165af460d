package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageRulesTest {

    /** What the planted package uses, by its class. */
    private static final Map<String, Set<String>> USED = PackageRules.usedBy(MainCode.planted("rules"));

    @TempDir
    private Path folder;

    @Test
    void everyPackageUsesWhatItsPackageInfoNamesAndNothingElse() {
        List<Path> packageInfos = new ArrayList<>();
        for (String module : MainCode.MODULES) {
            packageInfos.addAll(
                    MainCode.files(MainCode.ROOT.resolve(module).resolve("src/main/java"), "package-info.java"));
        }
        Map<String, Set<String>> used = usedInAllModules();

        assertThat(used).hasSizeGreaterThan(25);
        List<String> violations = PackageRules.violations(packageInfos, used);

        assertThat(String.join("\n", violations)).isEmpty();
    }

    @Test
    void noPackagesUseEachOtherInCircles() {
        assertThat(PackageRules.circles(usedInAllModules())).isEmpty();
    }

    @Test
    void packagesInACircleAreFound() {
        assertThat(PackageRules.circles(PackageRules.usedBy(MainCode.planted("circle"))))
                .singleElement()
                .asString()
                .endsWith("circle.one <-> app.architecture.planted.circle.two");
    }

    @Test
    void whatIsUsedAndNotNamedIsFound() throws IOException {
        assertThat(violationsOf(" * <p>May use: {@code health}."))
                .singleElement()
                .asString()
                .contains("uses what its package-info.java does not name: {@code trace}");
    }

    @Test
    void whatIsNamedAndNotUsedIsFound() throws IOException {
        assertThat(violationsOf(" * <p>May use: {@code health}, {@code trace}, {@code web}."))
                .singleElement()
                .asString()
                .contains("names what it does not use: {@code web}");
    }

    @Test
    void aPackageThatSaysNothingIsFound() throws IOException {
        assertThat(violationsOf(" * <p>May use {@code health} and more."))
                .singleElement()
                .asString()
                .contains("has no line <p>May use: ");
    }

    @Test
    void aPackageWithoutPackageInfoIsFound() {
        assertThat(PackageRules.violations(List.of(), USED))
                .singleElement()
                .asString()
                .contains("has no package-info.java");
    }

    @Test
    void namesMayGoOnInTheNextLine() throws IOException {
        assertThat(violationsOf(" * <p>May use: {@code health},\n * {@code trace}. Start reading elsewhere."))
                .isEmpty();
    }

    private static Map<String, Set<String>> usedInAllModules() {
        Map<String, Set<String>> used = PackageRules.usedBy(MainCode.product());
        used.putAll(PackageRules.usedBy(MainCode.twins()));
        used.putAll(PackageRules.importedBy(MainCode.sources("sandbox")));
        return used;
    }

    private List<String> violationsOf(String line) throws IOException {
        String name = USED.keySet().iterator().next();
        Path file = Files.writeString(
                folder.resolve("package-info.java"),
                "/**\n * Says something.\n *\n" + line + "\n */\npackage " + MainCode.BASE + name + ";\n");
        return PackageRules.violations(List.of(file), USED);
    }
}
