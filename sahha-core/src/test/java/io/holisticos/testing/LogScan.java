package io.holisticos.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks through everything that the tests of all modules printed for what must never be in a log. Says where and of what
 * kind, and never what: its own output must not leak either.
 */
public final class LogScan {

    /** Words of health fields, in their spellings by WHOOP, Sahha and ourselves; a number behind one is a measurement. */
    private static final String HEALTH_FIELDS = "recovery_score|resting_heart_rate|hrv_rmssd_milli|hrv\\.rmssd\\.sleep|"
            + "spo2_percentage|skin_temp_celsius|respiratory_rate|strain|kilojoule|average_heart_rate|max_heart_rate|"
            + "sleep_performance_percentage|sleep_efficiency_percentage|heart_rate_resting|heart_rate\\.resting|"
            + "steps|sleep_duration|sleep\\.duration|active_energy_burned|weight_kilogram|height_meter|"
            + "whoop_recovery|whoop_strain|mental_wellbeing|readiness";

    private static final Map<String, Pattern> LEAKS = leaks();

    private LogScan() {}

    private static Map<String, Pattern> leaks() {
        Map<String, Pattern> leaks = new LinkedHashMap<>();
        leaks.put("a JWT", Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}"));
        leaks.put("a bearer token", Pattern.compile("(?i)\\bbearer\\s+[A-Za-z0-9._~+/-]{16,}"));
        leaks.put(
                "a token by name",
                Pattern.compile(
                        "(?i)\\b(access|refresh|id|account|profile)_?token\"?\\s*[=:]\\s*\"?[A-Za-z0-9._~+/-]{8,}"));
        leaks.put( // 32 random bytes in base64url: connect links, states, WHOOP's tokens by the twin
                "an opaque token",
                Pattern.compile(
                        "(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[A-Z])"
                                + "[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"));
        leaks.put(
                "a secret or key of the tests",
                Pattern.compile("(sandbox-client-secret|sandbox-sahha-secret|sandbox-key\\b|[a-z]+-service-key\\b"
                        + "|synthetic-client-secret|test-key-with|(sahha|whoop)-secret-text)"));
        leaks.put(
                "a secret by name",
                Pattern.compile("(?i)\\b(client_?secret|x-api-key|password)\"?\\s*[=:]\\s*\"?[^\\s\"{}\\[]{4,}"));
        leaks.put(
                "a code or state of OAuth",
                Pattern.compile("[?&](code|state)=[^&\\s\"{}…]{6,}|\"(code|state)\":\"(?=[^\"]*[0-9])[^\"]{6,}\""
                        + "|\\b(code|state)=(?=\\S*[0-9])[A-Za-z0-9_-]{16,}"));
        leaks.put( // thread names, requests logged by libraries
                "an address with its query", Pattern.compile("\\b(GET|POST|PUT|DELETE) /[^\\s\"]*\\?[^\\s\"]"));
        leaks.put("a connect link", Pattern.compile("/connect/[A-Za-z0-9_-]{40,}"));
        leaks.put(
                "an e-mail address",
                Pattern.compile("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}\\b"));
        leaks.put(
                "a signature",
                Pattern.compile("(?i)\\b(x-whoop-signature|x-signature)(-timestamp)?\"?\\s*[=:]\\s*\\S{6,}"));
        leaks.put(
                "a measurement",
                Pattern.compile("(?i)\\b(" + HEALTH_FIELDS + ")\"?\\s*[=:]\\s*(\\{\\s*\"value\"\\s*:\\s*)?\"?-?\\d"));
        leaks.put( // by a name for it, or one of the twins' members; our hash of a member has 16 digits
                "a WHOOP account's number",
                Pattern.compile(
                        "(?i)\\b(whoop_?)?(user|account|member|owner)(_?(id|number))?\"?\\s*[=:]\\s*\"?\\d{3,15}\\b"
                                + "|\\bwhoop[_ ](user|account|member)\\W{1,2}\\d{3,15}\\b"
                                + "|\\b(2104017|2104054|2104091|2104128|2104165)\\b"));
        leaks.put("a member's id", Pattern.compile("\\bdemo-(anna|ben|chen|dina|eve)\\b"));
        return leaks;
    }

    /** Where something stands that must not: {@code file:line kind}. */
    public record Finding(Path file, int line, String kind) {
        @Override
        public String toString() {
            return file + ":" + line + ": " + kind;
        }
    }

    /**
     * Scans what surefire kept of each test class.
     *
     * @param modules folders of modules; one without output has no findings
     */
    public static List<Finding> scan(List<Path> modules) {
        List<Finding> findings = new ArrayList<>();
        for (Path module : modules) {
            Path reports = module.resolve("target/surefire-reports");
            if (Files.isDirectory(reports)) {
                outputsIn(reports).forEach(output -> findings.addAll(scan(output)));
            }
        }
        return findings;
    }

    /** One file. */
    static List<Finding> scan(Path output) {
        List<Finding> findings = new ArrayList<>();
        int number = 0;
        for (String line : linesOf(output)) {
            number++;
            for (Map.Entry<String, Pattern> leak : LEAKS.entrySet()) {
                if (leak.getValue().matcher(line).find()) {
                    findings.add(new Finding(output, number, leak.getKey()));
                }
            }
        }
        return findings;
    }

    private static List<Path> outputsIn(Path reports) {
        try (Stream<Path> files = Files.list(reports)) {
            return files.filter(file -> file.getFileName().toString().endsWith("-output.txt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever bytes there are: no output is too broken to be looked through. */
    private static List<String> linesOf(Path output) {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Arguments: the folders of the modules. Exit status 1 when there is anything. */
    public static void main(String[] modules) {
        List<Path> folders = Stream.of(modules).map(Path::of).toList();
        List<Finding> findings = scan(folders);
        findings.forEach(System.err::println);
        if (!findings.isEmpty()) {
            System.err.println("the output of tests holds what must never be logged: " + findings.size() + " places");
            System.exit(1);
        }
    }
}
