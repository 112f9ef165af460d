package io.holisticos.app;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The service as a commit of this repository has it, built from the history: a folder with its {@code app.jar} and {@code
 * config.yml}.
 */
final class FormerVersion {

    /** The last commit before sahha-db 080 and whoop-db 122: 21 migrations, and settings that only one of both versions knows. */
    static final String MANY_MIGRATIONS_AGO = "444a93d4a7264e3b46ff5885f6ace0a29da19b38";

    /** The last commit before whoop-db 134. It closes its ports in order; the one above answers 503 on kept connections while it ends. */
    static final String CLOSING_IN_ORDER = "875ab2d843ab3cab64fa2378c805fcbda59a20a3";

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    /**
     * What runs, and nothing that its own build has checked already. Not offline: its libraries may be other versions than this
     * one's.
     */
    private static final String MAVEN =
            "mvn -q -B -ntp -Pide -DskipTests -Djacoco.skip=true -Denforcer.skip=true -Dcyclonedx.skip=true -pl app -am package";

    /** Its tests, and what only they use: Maven wants those modules, and takes them empty. */
    private static final List<String> NOT_NEEDED =
            List.of(":(exclude,glob)**/src/test/**", ":(exclude)twins/src", ":(exclude)ring-source/src");

    private FormerVersion() {}

    /**
     * Built once for each {@code clean}; a test that needs it is skipped where the history, or a library of that time, is not to be
     * had.
     */
    static Path built(String commit) throws Exception {
        Path folder = Path.of("target", "former", commit).toAbsolutePath();
        if (!Files.exists(folder)) {
            assumeTrue(
                    isInHistory(commit),
                    "commit " + commit + " is not here: this is no clone of the repository, or a shallow one");
            Path work = Files.createTempDirectory("former-version");
            try {
                build(work, commit);
                keep(List.of(work.resolve("app/target/app.jar"), work.resolve("config.yml")), folder);
            } finally {
                delete(work);
            }
        }
        return folder;
    }

    private static boolean isInHistory(String commit) throws Exception {
        Path said = Files.createTempFile("git", ".out");
        try {
            return run(ROOT, said, "git", "cat-file", "-e", commit + "^{commit}") == 0;
        } catch (IOException noGit) {
            return false;
        } finally {
            Files.delete(said);
        }
    }

    private static void build(Path work, String commit) throws Exception {
        Path said = work.resolve("said");
        List<String> archive = new ArrayList<>(List.of(
                "git", "-C", ROOT.toString(), "archive", "--output=" + work.resolve("former.tar"), commit, "--", "."));
        archive.addAll(NOT_NEEDED);
        for (List<String> command : List.of(archive, List.of("tar", "-xf", "former.tar"), List.of(MAVEN.split(" ")))) {
            if (run(work, said, command.toArray(String[]::new)) != 0) {
                String why = Files.readString(said);
                assumeFalse(
                        why.contains("could not be resolved"),
                        "libraries of commit " + commit + " are not to be had here");
                throw new AssertionError(command + ": " + why);
            }
        }
    }

    private static int run(Path folder, Path said, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " did not end");
        }
        return process.exitValue();
    }

    /** All of it or nothing, also where the build is ended meanwhile. */
    private static void keep(List<Path> made, Path folder) throws IOException {
        Path beside = folder.resolveSibling(
                folder.getFileName() + "-" + ProcessHandle.current().pid());
        Files.createDirectories(beside);
        for (Path one : made) {
            Files.copy(one, beside.resolve(one.getFileName()));
        }
        Files.move(beside, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
