package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every command in docs/runbooks names a sub-command, an option, a task or a route that is there, and those that only read are run
 * beside a service that runs. A command is {@code app.jar NAME …} in a line of code, a {@code curl} to port 8080 or 8081, or
 * {@code GET /path} and {@code POST /path} in a text.
 */
class RunbooksTest {

    private static final Path RUNBOOKS = Path.of("../docs/runbooks");
    private static final String ANNA = "demo-anna";

    /** Commands that change nothing, as their lines begin. */
    private static final List<String> READING = List.of(
            "check ",
            "sync-status ",
            "members ",
            "quota ",
            "whoop-check ",
            "access-report ",
            "apikey list ",
            "sahha-db status ",
            "whoop-db status ",
            "sahha-db locks --list ",
            "whoop-db locks --list ");

    private static final Pattern COMMAND = Pattern.compile("app\\.jar ([a-z-]+ [^#`|\\n]*)");
    private static final Pattern CURL = Pattern.compile("curl ([^#`\\n]*)");
    private static final Pattern URL = Pattern.compile("localhost:(8080|8081)(/[^\\s'\"]*)?");
    private static final Pattern ROUTE = Pattern.compile("`(GET|POST|PUT|DELETE) (/[^`\\s]*)`");
    private static final Pattern METHOD = Pattern.compile("-X (\\w+)");

    private static House house;
    private static List<ApiDocument.Route> routes;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        routes = ApiDocument.routes(house);
        for (String database : List.of("sahha-db", "whoop-db")) { // which upgrade.md does, and rollback.md needs
            CommandRun tagged = house.command(database, "tag", "config.yml", "before-VERSION");
            assertThat(tagged.status()).as(tagged.lastLine()).isZero();
        }
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** @param from the runbook and the command, for messages */
    private record Line(String from, String text) {}

    @Test
    void everyCommandIsOneThatTheServiceHas() {
        List<Line> commands = found(COMMAND);
        assertThat(commands).hasSizeGreaterThan(30);

        List<String> wrong = new ArrayList<>();
        for (Line command : commands) {
            try {
                parser().parseArgs(arguments(command.text()));
            } catch (ArgumentParserException e) {
                wrong.add(command.from() + ": " + e.getMessage());
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void everyCommandThatOnlyReadsRuns() {
        List<Line> reading = found(COMMAND).stream()
                .filter(command -> READING.stream().anyMatch(command.text()::startsWith)
                        || command.text().contains("--dry-run"))
                .toList();
        assertThat(reading).hasSizeGreaterThan(20);

        Set<String> tried = new TreeSet<>();
        List<String> failed = new ArrayList<>();
        for (Line command : reading) {
            String line = String.join(" ", arguments(command.text()));
            if (tried.add(line)) {
                CommandRun run = house.command(arguments(command.text()));
                if (run.status() != 0) {
                    failed.add(command.from() + ": " + run.status() + " " + run.lastLine());
                }
            }
        }

        assertThat(failed).isEmpty();
    }

    @Test
    void everyRouteIsOneThatTheServiceHas() {
        List<String> wrong = new ArrayList<>();
        int looked = 0;
        for (Line curl : found(CURL)) {
            Matcher url = URL.matcher(curl.text());
            while (url.find()) {
                looked++;
                String path = url.group(2) == null ? "/" : url.group(2);
                Matcher method = METHOD.matcher(curl.text());
                String verb = method.find() ? method.group(1) : "GET";
                if (url.group(1).equals("8080") ? !isRoute(verb, path) : !isOnAdminPort(verb, path)) {
                    wrong.add(curl.from() + ": there is no " + verb + " " + path + " on port " + url.group(1));
                }
            }
        }
        assertThat(looked).isGreaterThan(20);
        for (Line named : found(ROUTE)) {
            String[] route = named.text().split(" ");
            if (!isRoute(route[0], route[1]) && !isOnAdminPort(route[0], route[1])) {
                wrong.add(named.from() + ": there is no " + named.text() + " on either port");
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void whatThereIsNotIsSeen() {
        for (String wrong :
                List.of("sync-statuz config.yml", "members config.yml --nope", "apikey forget config.yml")) {
            assertThatThrownBy(() -> parser().parseArgs(arguments(wrong)))
                    .as(wrong)
                    .isInstanceOf(ArgumentParserException.class);
        }
        assertThat(isRoute("GET", "/api/v1/unified-health/overviews/" + ANNA)).isFalse();
        assertThat(isRoute("DELETE", "/internal/sync/" + ANNA)).isFalse();
        assertThat(isOnAdminPort("POST", "/tasks/quotas")).isFalse();
        assertThat(isOnAdminPort("GET", "/health/ready")).isFalse();
        assertThat(isOnAdminPort("PUT", "/flags/WHOOP_SINK")).isFalse();
    }

    /** A path is compared with the API document, since most of these change something. */
    private static boolean isRoute(String method, String path) {
        String[] parts = withoutQuery(path).split("/");
        return routes.stream().anyMatch(route -> {
            String[] theirs = route.path().split("/");
            if (!route.method().equals(method) || theirs.length != parts.length) {
                return false;
            }
            for (int i = 0; i < parts.length; i++) {
                if (!theirs[i].equals(parts[i]) && !theirs[i].startsWith("{")) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Reads are asked for. A task is asked with nothing to do, a flag with a body that changes nothing. */
    private static boolean isOnAdminPort(String method, String path) {
        String bare = withoutQuery(path).replaceAll("\\{NAME}|\\$NAME", "WHOOP_SYNC");
        String harmless = bare.equals("/tasks/drain") ? bare + "?undo=true" : bare;
        var request = java.net.http.HttpRequest.newBuilder(house.adminUri(harmless))
                .timeout(RunningApp.PATIENCE)
                .header("X-API-Key", House.KEY)
                .header("Content-Type", "application/json")
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"));
        int status = house.exchange(request).statusCode();
        return status != 404 && status != 405;
    }

    private static String withoutQuery(String path) {
        return path.replaceAll("[?#].*", "");
    }

    private static List<Line> found(Pattern pattern) {
        List<Line> found = new ArrayList<>();
        for (Path page : pages()) {
            String text = read(page).replaceAll("\\\\\n\\s*", " ");
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                String line = (matcher.groupCount() > 1 ? matcher.group(1) + " " + matcher.group(2) : matcher.group(1))
                        .strip();
                found.add(new Line(page.getFileName() + ": " + line, line + " "));
            }
        }
        return found;
    }

    /** Names that stand for something are replaced by something; a redirection ends the command. */
    private static String[] arguments(String command) {
        String text = command.replaceAll("(>|&&|;).*", "")
                .replaceAll("\"?\\$USER_ID\"?|(?<=--user )(ID|\\{user_id})", ANNA)
                .replaceAll("[\"']", "");
        return Stream.of(text.strip().split("\\s+"))
                .map(word -> word.endsWith("config.yml") ? "config.yml" : word)
                .toArray(String[]::new);
    }

    /** The parser of the service, whose commands do not run. */
    private static ArgumentParser parser() {
        HealthApplication application = new HealthApplication(Clock.systemUTC(), name -> null);
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(application);
        application.addDefaultCommands(bootstrap);
        application.initialize(bootstrap);
        ArgumentParser parser = ArgumentParsers.newFor("app.jar").build();
        for (Command command : bootstrap.getCommands()) {
            command.configure(parser.addSubparsers().addParser(command.getName()));
        }
        return parser;
    }

    private static List<Path> pages() {
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
