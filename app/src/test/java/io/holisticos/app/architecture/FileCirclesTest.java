package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Files that use each other can only be read together. The circles there are stand in
 * {@code file-circles.txt}, so that a new one is seen in a review.
 */
class FileCirclesTest {

    @Test
    void theCirclesOfFilesAreThoseThatAreListed() throws IOException {
        Set<String> listed =
                Files.readAllLines(Path.of("src/test/resources/io/holisticos/app/architecture/file-circles.txt"))
                        .stream()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(String.join("\n", PackageRules.circles(usedByFile(MainCode.product()))))
                .isEqualTo(String.join("\n", listed));
    }

    @Test
    void filesInACircleAreFound() {
        assertThat(PackageRules.circles(usedByFile(MainCode.planted("circle"))))
                .singleElement()
                .asString()
                .contains("circle.one.First <-> ", "circle.two.Second");
    }

    /** By top-level class, the others of ours that it uses. */
    private static Map<String, Set<String>> usedByFile(Iterable<JavaClass> classes) {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass type : classes) {
            String file = fileOf(type);
            Set<String> others = used.computeIfAbsent(file, any -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getName().startsWith(MainCode.BASE)
                        && !fileOf(target).equals(file)) {
                    others.add(fileOf(target));
                }
            }
        }
        return used;
    }

    private static String fileOf(JavaClass type) {
        return MainCode.topLevelOf(type.getName()).substring(MainCode.BASE.length());
    }
}
