package io.holisticos.app.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The main code of all modules: as classes, and as the files they are made of. */
final class MainCode {

    static final String BASE = "io.holisticos.";

    /** Surefire runs the tests of a module in its folder. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    static final List<String> MODULES = List.of("sahha-core", "whoop-integration", "app", "twins", "sandbox");

    private MainCode() {}

    /** Imported once for all rules, since it takes seconds. */
    private static final class Imported {

        static final JavaClasses PRODUCT = mainOnly()
                .withImportOption(location -> !location.contains("/twins/") && !location.contains("/ring-source/"))
                .importPackages("io.holisticos");

        static final JavaClasses RING = mainOnly().importPackages("io.holisticos.ring");

        static final JavaClasses TWINS = mainOnly().importPackages("io.holisticos.twins");

        private static ClassFileImporter mainOnly() {
            return new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"));
        }
    }

    /** Modules sahha-core, whoop-integration and app. */
    static JavaClasses product() {
        return Imported.PRODUCT;
    }

    /** Module twins. It has a clock of its own and depends on nothing of ours. */
    static JavaClasses twins() {
        return Imported.TWINS;
    }

    /** Module ring-source: a third source, which only tests know. */
    static JavaClasses ring() {
        return Imported.RING;
    }

    /** The classes of one planted package, and of nothing else. */
    static JavaClasses planted(String name) {
        JavaClasses planted =
                new ClassFileImporter().importPackages(MainCode.class.getPackageName() + ".planted." + name);
        if (planted.isEmpty()) {
            throw new IllegalArgumentException("nothing is planted in " + name);
        }
        return planted;
    }

    /** The Java sources of a module's main code. */
    static List<Path> sources(String module) {
        return files(ROOT.resolve(module).resolve("src/main/java"), ".java");
    }

    /** All files below a folder whose names end so. A folder that does not exist has none. */
    static List<Path> files(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** {@code whoop.api} for a class of {@code io.holisticos.whoop.api}. */
    static String packageOf(JavaClass type) {
        return type.getPackageName().substring(BASE.length());
    }

    /** The class that stands in a file of its own: what owns a nested one. */
    static String topLevelOf(String className) {
        int nested = className.indexOf('$');
        return nested < 0 ? className : className.substring(0, nested);
    }
}
