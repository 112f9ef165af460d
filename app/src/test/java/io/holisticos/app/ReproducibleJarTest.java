package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two builds of the same sources, in two folders and with files of two ages, give the same jar, byte for byte. After {@code package}
 * one of the two is the build that this test is part of.
 */
@Tag("deep")
class ReproducibleJarTest {

    private static final @Nullable String PACKAGED = System.getProperty("service.jar");

    private static final Path HERE = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> LEFT_OUT = Set.of("target", ".git");

    @TempDir
    Path first;

    @TempDir
    Path second;

    @Test
    @Timeout(900)
    void twoBuildsGiveTheSameJar() throws Exception {
        Path one = PACKAGED == null ? built(first, Instant.parse("2026-01-02T03:04:05Z")) : HERE.resolve(PACKAGED);
        Path other = built(second, Instant.parse("2026-11-22T13:14:15Z"));

        assertThat(Files.size(one)).isGreaterThan(10_000_000);
        assertThat(Files.mismatch(one, other))
                .as("first byte that differs (without clean, a build's own jar may hold classes of former sources)")
                .isEqualTo(-1);
    }

    /** Without what looks at sources and dependencies and makes nothing of the jar. */
    private static Path built(Path folder, Instant age) throws Exception {
        copy(folder, FileTime.from(age));
        Process build = new ProcessBuilder(
                        "mvn",
                        "-o",
                        "-q",
                        "-B",
                        "-ntp",
                        "-DskipTests",
                        "-Djacoco.skip=true",
                        "-Pide",
                        "-Denforcer.skip=true",
                        "-Dcyclonedx.skip=true",
                        "-pl",
                        "app",
                        "-am",
                        "package")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("build.txt").toFile())
                .start();
        if (!build.waitFor(8, TimeUnit.MINUTES)) {
            build.destroyForcibly();
            throw new AssertionError("the build did not end");
        }
        assertThat(build.exitValue())
                .as(Files.readString(folder.resolve("build.txt")))
                .isZero();
        return folder.resolve("app/target/app.jar");
    }

    private static void copy(Path folder, FileTime age) throws IOException {
        Files.walkFileTree(HERE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes) throws IOException {
                if (LEFT_OUT.contains(String.valueOf(from.getFileName()))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(folder.resolve(HERE.relativize(from).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path from, BasicFileAttributes attributes) throws IOException {
                Path to = folder.resolve(HERE.relativize(from).toString());
                Files.copy(from, to);
                Files.setLastModifiedTime(to, age);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
