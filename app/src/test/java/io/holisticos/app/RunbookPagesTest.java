package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages of docs/runbooks beside what {@link RunbooksTest} asks a running service: their form, the events that they look for in a
 * log, and what they name in {@code deploy/}.
 */
class RunbookPagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path RUNBOOKS = ROOT.resolve("docs/runbooks");
    private static final List<String> FORM = List.of("Symptom", "Meaning", "Checks", "Fix", "Escalation");

    /** {@code event=name}, and {@code "event":"name"} or {@code "event":"(name|other)"} of a grep. */
    private static final Pattern EVENTS = Pattern.compile("event(?:=|\":\")\\(?([a-z_|]+)");

    private static final Pattern FENCED = Pattern.compile("(?s)```[a-z]*\\n(.*?)```");
    private static final Pattern INLINE = Pattern.compile("`([^`]+)`");

    private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

    /** Whoever is woken looks for each step by its head, and types what stands there. */
    @Test
    void everyPageSaysSymptomMeaningChecksFixAndEscalation() {
        assertThat(pages()).hasSizeGreaterThan(30);
        pages().forEach((page, text) -> {
            List<String> heads = text.lines()
                    .filter(line -> line.startsWith("## "))
                    .map(line -> line.substring(3).split("\\W")[0])
                    .filter(FORM::contains)
                    .toList();
            assertThat(heads).as(page).isEqualTo(FORM);
            assertThat(text.split("(?m)^## "))
                    .as(page + ": exact commands")
                    .anyMatch(part -> part.startsWith("Checks") && part.contains("```"));
            assertThat(text.lines().count()).as(page).isLessThan(110);
        });
    }

    @Test
    void everyEventThatALogIsSearchedForIsLogged() {
        Set<String> logged = loggedEvents();
        Map<String, String> missing = new LinkedHashMap<>();
        Set<String> asked = new TreeSet<>();
        pages().forEach((page, text) -> EVENTS.matcher(text)
                .results()
                .flatMap(found -> Stream.of(found.group(1).split("\\|")))
                .peek(asked::add)
                .filter(event -> !isLogged(event, logged))
                .forEach(event -> missing.put(event, page)));

        assertThat(asked).contains("security", "canary_fell_back", "sync_step_failed");
        assertThat(missing).isEmpty();
    }

    @Test
    void whatComposeIsToldToRunIsOneOfItsServices() throws Exception {
        Set<String> services = new TreeSet<>();
        yaml.readTree(ROOT.resolve("deploy/compose.yaml").toFile())
                .path("services")
                .fieldNames()
                .forEachRemaining(services::add);
        List<String> wrong = new ArrayList<>();
        List<String[]> commands = commands("docker compose ");
        for (String[] words : commands) {
            int verb = firstOf(words, Set.of("run", "up", "logs", "exec", "restart", "stop"));
            List<String> named = Stream.of(words)
                    .skip(verb + 1L)
                    .filter(word -> !word.startsWith("-"))
                    .limit(words[verb].equals("up") ? words.length : 1)
                    .takeWhile(word -> !word.startsWith(">"))
                    .toList();
            if (!services.containsAll(named)) {
                wrong.add(String.join(" ", words));
            }
            wrong.addAll(filesThatAreMissing(words));
        }

        assertThat(commands).hasSizeGreaterThan(3);
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatKubectlIsAskedForIsInTheFilesOfKubernetes() throws Exception {
        Set<String> objects = kubernetesObjects();
        List<String> wrong = new ArrayList<>();
        List<String[]> commands = commands("kubectl ");
        for (String[] words : commands) {
            for (int i = 0; i < words.length; i++) {
                boolean isObject = words[i].matches("[a-z]+/[a-z-]+");
                if (isObject && !objects.contains(words[i])
                        || words[i].equals("-n") && !objects.contains("namespace/" + words[i + 1])) {
                    wrong.add(String.join(" ", words));
                }
            }
            wrong.addAll(filesThatAreMissing(words));
        }

        assertThat(objects).contains("deployment/health", "cluster/postgres");
        assertThat(commands).hasSizeGreaterThan(3);
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatThereIsNotIsSeen() {
        assertThat(isLogged("quota_exceeded", loggedEvents())).isTrue();
        assertThat(isLogged("canary_", loggedEvents())).isTrue();
        assertThat(isLogged("quota_exceded", loggedEvents())).isFalse();
        assertThat(filesThatAreMissing("apply -f deploy/kubernetes/06-apps.yaml".split(" ")))
                .containsExactly("deploy/kubernetes/06-apps.yaml");
    }

    /** A name that ends with an underscore stands for all that begin so. */
    private static boolean isLogged(String event, Set<String> logged) {
        return event.endsWith("_") ? logged.stream().anyMatch(each -> each.startsWith(event)) : logged.contains(event);
    }

    private static Set<String> loggedEvents() {
        Set<String> events = new TreeSet<>();
        for (String module : List.of("app", "sahha-core", "whoop-integration")) {
            files(ROOT.resolve(module).resolve("src/main/java"), ".java")
                    .forEach(file -> Pattern.compile("event=([a-z_]+)")
                            .matcher(read(file))
                            .results()
                            .map(found -> found.group(1))
                            .forEach(events::add));
        }
        return events;
    }

    private Set<String> kubernetesObjects() throws IOException {
        Set<String> objects = new TreeSet<>();
        for (Path file : files(ROOT.resolve("deploy/kubernetes"), ".yaml")) {
            for (JsonNode each : yaml.readerFor(JsonNode.class)
                    .<JsonNode>readValues(file.toFile())
                    .readAll()) {
                objects.add(each.path("kind").asText().toLowerCase(Locale.ROOT) + "/"
                        + each.at("/metadata/name").asText());
            }
        }
        return objects;
    }

    /** Files behind {@code -f}; {@code .env} is made from the example beside it. */
    private static List<String> filesThatAreMissing(String[] words) {
        List<String> missing = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            if (words[i - 1].equals("-f") && !Files.exists(ROOT.resolve(words[i]))) {
                missing.add(words[i]);
            }
        }
        return missing;
    }

    private static int firstOf(String[] words, Set<String> verbs) {
        for (int i = 0; i < words.length; i++) {
            if (verbs.contains(words[i])) {
                return i;
            }
        }
        throw new AssertionError("no verb in " + String.join(" ", words));
    }

    /** The words of each line of code, in blocks and within sentences, that begins so; what only names the program is none. */
    private static List<String[]> commands(String beginning) {
        return indexAndPages().values().stream()
                .flatMap(text -> Stream.concat(
                        FENCED.matcher(text)
                                .results()
                                .flatMap(block -> block.group(1).lines()),
                        INLINE.matcher(FENCED.matcher(text).replaceAll(""))
                                .results()
                                .map((MatchResult code) -> code.group(1).replaceAll("\\s+", " "))))
                .map(String::strip)
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.replaceAll(" #.*", "").split("\\s+"))
                .toList();
    }

    /** Without the index. */
    private static Map<String, String> pages() {
        Map<String, String> pages = indexAndPages();
        pages.remove("README.md");
        return pages;
    }

    /** By name. */
    private static Map<String, String> indexAndPages() {
        Map<String, String> pages = new LinkedHashMap<>();
        files(RUNBOOKS, ".md").forEach(file -> pages.put(file.getFileName().toString(), read(file)));
        return pages;
    }

    private static List<Path> files(Path folder, String end) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
