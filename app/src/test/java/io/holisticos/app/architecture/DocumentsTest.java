package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents name what is there: files that can be opened, and classes that exist. */
class DocumentsTest {

    private static final Path DOCS = MainCode.ROOT.resolve("docs");
    private static final Path DECISIONS = DOCS.resolve("decisions");

    /** {@code docs/name.md} anywhere, and what a Markdown link leads to. */
    private static final Pattern FROM_ROOT = Pattern.compile("\\bdocs/[\\w./-]+\\.md\\b");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+\\.md)[^)]*\\)");
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]\\w*[a-z])(?:\\.\\w+(?:\\([^)]*\\))?)?`");

    @Test
    void everyDocumentThatIsNamedIsThere() {
        List<String> missing = new ArrayList<>();
        for (Path file : textFiles()) {
            String text = MainCode.read(file);
            Matcher fromRoot = FROM_ROOT.matcher(text);
            while (fromRoot.find()) {
                requireFile(MainCode.ROOT.resolve(fromRoot.group()), file, missing);
            }
            Matcher link = LINK.matcher(text);
            while (link.find()) {
                requireFile(file.resolveSibling(link.group(1)).normalize(), file, missing);
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyDecisionHasANumberOfItsOwnAndALineInTheIndex() {
        List<String> pages = MainCode.files(DECISIONS, ".md").stream()
                .map(page -> page.getFileName().toString())
                .filter(page -> !page.equals("README.md"))
                .toList();
        String index = MainCode.read(DECISIONS.resolve("README.md"));

        for (int i = 0; i < pages.size(); i++) {
            assertThat(pages.get(i)).matches("%04d-[a-z0-9-]+\\.md".formatted(i + 1));
            assertThat(index).contains("(" + pages.get(i) + ")");
        }
        assertThat(pages).hasSizeGreaterThan(20);
    }

    @Test
    void theArchitectureNamesClassesThatExist() {
        Set<String> classes = MainCode.MODULES.stream()
                .flatMap(module -> MainCode.sources(module).stream())
                .map(file -> file.getFileName().toString().replaceAll("\\.java$", ""))
                .collect(Collectors.toSet());
        Stream.of("ArchitectureTest", "EverydayTest", "OpenApiTest", "ConfigurationTest", "RollbacksTest")
                .forEach(classes::add);

        Set<String> unknown = new TreeSet<>();
        Matcher named = CLASS.matcher(MainCode.read(DOCS.resolve("architecture.md")));
        while (named.find()) {
            if (!classes.contains(named.group(1))) {
                unknown.add(named.group(1));
            }
        }

        assertThat(unknown).isEmpty();
    }

    private static List<Path> textFiles() {
        List<Path> files = new ArrayList<>(MainCode.files(DOCS, ".md"));
        Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config.yml")
                .map(MainCode.ROOT::resolve)
                .forEach(files::add);
        MainCode.MODULES.forEach(module -> files.addAll(MainCode.sources(module)));
        return files;
    }

    private static void requireFile(Path named, Path by, List<String> missing) {
        if (!Files.exists(named)) {
            missing.add(MainCode.ROOT.relativize(by) + " names " + MainCode.ROOT.relativize(named));
        }
    }
}
