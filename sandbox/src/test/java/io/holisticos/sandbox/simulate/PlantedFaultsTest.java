package io.holisticos.sandbox.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrong day of a record is seen: the class that decides days is compiled with a mistake and put before the real one. */
@Tag("deep")
class PlantedFaultsTest {

    private static final Path DAYS =
            Path.of("..", "whoop-integration", "src", "main", "java", "io/holisticos/whoop/data/WhoopDays.java");

    private static final Duration MAY_TAKE = Duration.ofMinutes(8);

    /** What is right, and what is put in its place. */
    private static final Map<String, List<String>> FAULTS = Map.of(
            "the main sleep is the latest",
            List.of("Comparator.comparing(WhoopDays::lengthOf)", "Comparator.comparing(Sleep::start)"),
            "a nap is taken for the night",
            List.of("(sleep.nap() ? naps : nights).add(sleep)", "nights.add(sleep)"),
            "the day by the cycle's offset",
            List.of(
                    "localDate(sleep.end(), sleep.timezoneOffset())",
                    "localDate(sleep.end(),"
                            + " records.cycle() == null ? sleep.timezoneOffset() : records.cycle().timezoneOffset())"));

    private static final Map<String, JavaProcess> SIMULATIONS = new TreeMap<>();

    @TempDir
    private static Path folder;

    /** All of them at once: each waits most of its time for answers. */
    @BeforeAll
    static void begin() throws IOException {
        for (Map.Entry<String, List<String>> fault : FAULTS.entrySet()) {
            Path classes = Files.createDirectory(folder.resolve(Integer.toString(SIMULATIONS.size())));
            plant(fault.getValue().get(0), fault.getValue().get(1), classes);
            SIMULATIONS.put(fault.getKey(), simulation(classes));
        }
    }

    @AfterAll
    static void end() {
        SIMULATIONS.values().forEach(JavaProcess::close);
    }

    static Set<String> faults() {
        return FAULTS.keySet();
    }

    @ParameterizedTest(name = "{0}")
    @Timeout(600)
    @MethodSource("faults")
    void theSimulationReportsDifferences(String fault) {
        JavaProcess simulation = SIMULATIONS.get(fault);

        String differences = simulation.awaitLine(line -> line.matches("\\d+ differences"), MAY_TAKE);

        assertThat(differences).as(fault).isNotEqualTo("0 differences");
        assertThat(simulation.exitStatus(MAY_TAKE)).isEqualTo(1);
    }

    private static void plant(String right, String wrong, Path classes) throws IOException {
        String source = Files.readString(DAYS);
        assertThat(source).as("the line to spoil").containsOnlyOnce(right);
        Path spoiled = classes.resolve("WhoopDays.java");
        Files.writeString(spoiled, source.replace(right, wrong));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(spoiled))
                            .call())
                    .isTrue();
        }
    }

    private static JavaProcess simulation(Path spoiled) {
        String classPath = spoiled + File.pathSeparator + System.getProperty("java.class.path");
        return JavaProcess.start(
                new File("."),
                Map.of(),
                List.of(
                        "-Xmx1g",
                        "-cp",
                        classPath,
                        SimulateCommand.class.getName(),
                        "simulate",
                        "--users",
                        "8",
                        "--days",
                        "10",
                        "--seed",
                        "7"));
    }
}
