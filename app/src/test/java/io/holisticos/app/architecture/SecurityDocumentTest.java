package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the security pages claim: every item of the standard has one answer, and every test that they name is there and runs. */
class SecurityDocumentTest {

    /**
     * Levels 1 and 2 of OWASP ASVS 5.0.0: section, and how many of its items belong to them. In each section they come first. 253 in all;
     * sections that are left out have items of level 3 only.
     */
    private static final String LEVELS_1_AND_2 = """
            1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
            5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2
            8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3
            11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3
            15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2""";

    private static final Path DOCS = MainCode.ROOT.resolve("docs");
    private static final List<String> PAGES = List.of(
            "security.md",
            "security-edges.md",
            "sessions.md",
            "access.md",
            "access-jwt.md",
            "tls.md",
            "postgresql-roles.md",
            "dependencies.md");

    /** The items of a row: numbers, and ranges over sections. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+\\.\\d+\\.\\d+[^|]*) \\| (.+) \\|$");

    /** A class, and after it in the same cell the methods of it that are meant. */
    private static final Pattern NAME = Pattern.compile("`([A-Za-z]\\w*)(?:#(\\w+))?`");

    private static final Pattern RUN = Pattern.compile("@(Test|ParameterizedTest|Property|TestFactory|ArchTest)\\b");

    @Test
    void everyItemOfLevels1And2HasOneAnswer() {
        List<String> items = items();
        Map<String, Integer> answers = new TreeMap<>();

        Matcher row = ROW.matcher(MainCode.read(DOCS.resolve("security.md")));
        while (row.find()) {
            for (String part : row.group(1).split(",")) {
                String[] ends = part.strip().split("–");
                int from = items.indexOf(ends[0]);
                int to = items.indexOf(ends[ends.length - 1]);
                assertThat(from).as("an item of these levels: " + part).isNotNegative();
                assertThat(to).as("an item of these levels: " + part).isGreaterThanOrEqualTo(from);
                items.subList(from, to + 1).forEach(item -> answers.merge(item, 1, Integer::sum));
            }
        }

        assertThat(items).hasSize(253);
        assertThat(answers.keySet()).containsExactlyInAnyOrderElementsOf(items);
        assertThat(answers.values()).containsOnly(1);
    }

    /** The word before the first of them says what kind of an answer it is. */
    @Test
    void everyAnswerIsATestASettingAPageOrAReason() {
        Matcher row = ROW.matcher(MainCode.read(DOCS.resolve("security.md")));
        while (row.find()) {
            String answer = row.group(2);
            assertThat(answer)
                    .as(row.group(1))
                    .containsPattern("^(Test|Met|Documented|Configuration|n/a|Open|Partly)\\b");
            if (answer.startsWith("Test")) {
                assertThat(answer).as(row.group(1)).containsPattern("`\\w+Test`");
            }
            if (answer.startsWith("n/a")) {
                assertThat(answer).as(row.group(1)).hasSizeGreaterThan("n/a: ".length());
            }
        }
    }

    @Test
    void everyTestThatThesePagesNameIsThereAndRuns() {
        Map<String, String> tests = tests();
        List<String> missing = new ArrayList<>();
        for (String page : PAGES) {
            for (String cell : MainCode.read(DOCS.resolve(page)).split("\\||\n")) {
                String named = "";
                int end = 0;
                Matcher name = NAME.matcher(cell);
                while (name.find()) {
                    String word = name.group(1);
                    if (cell.substring(end, name.start()).contains(":")
                            || cell.substring(end, name.start()).contains(";")) {
                        named = "";
                    }
                    end = name.end();
                    if (word.endsWith("Test")) {
                        named = word;
                        if (!RUN.matcher(tests.getOrDefault(word, "")).find()) {
                            missing.add(page + " names " + word);
                        }
                    }
                    String method = word.endsWith("Test") ? name.group(2) : word;
                    boolean isSaid =
                            method != null && !named.isEmpty() && method.matches("[a-z]+[A-Z]\\w+|" + OF_ONE_WORD);
                    if (isSaid && !runs(tests.getOrDefault(named, ""), method)) {
                        missing.add(page + " names " + named + "#" + method);
                    }
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    /** Tests whose names are no sentences; any other single word is no method. */
    private static final String OF_ONE_WORD = "refused|bodies";

    private static boolean runs(String source, String method) {
        return Pattern.compile("void " + method + "\\(").matcher(source).find();
    }

    private static List<String> items() {
        return Arrays.stream(LEVELS_1_AND_2.split("\\s+"))
                .map(section -> section.split(":"))
                .flatMap(section -> IntStream.rangeClosed(1, Integer.parseInt(section[1]))
                        .mapToObj(item -> section[0] + "." + item))
                .toList();
    }

    /** By class, its source; two modules may have tests of one name. */
    private static Map<String, String> tests() {
        Map<String, String> tests = new HashMap<>();
        Stream.concat(MainCode.MODULES.stream(), Stream.of("bench", "ring-source"))
                .flatMap(module ->
                        MainCode.files(MainCode.ROOT.resolve(module).resolve("src/test/java"), "Test.java").stream())
                .forEach(file -> tests.merge(
                        file.getFileName().toString().replace(".java", ""), MainCode.read(file), String::concat));
        return tests;
    }
}
