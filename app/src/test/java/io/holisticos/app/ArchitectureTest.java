package io.holisticos.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Arrows never run back. */
class ArchitectureTest {

    private static final String HOUSE = "io.holisticos.";

    /** Each package, and what of ours it may use. */
    private static final List<Floor> FLOORS = List.of(
            new Floor("health"),
            new Floor("trace"),
            new Floor("database", "health"),
            new Floor("command", "health", "trace"),
            new Floor("outbound", "command", "health", "trace"),
            new Floor("notice", "health"),
            new Floor("vault", "health", "notice"),
            new Floor("audit", "health", "trace"),
            new Floor("jobs", "health", "database"),
            new Floor("web", "health", "notice", "trace", "audit"),
            new Floor("sahha", "health", "database", "trace", "audit", "command", "outbound", "vault", "jobs", "web"),
            new Floor("unified", "health", "trace", "audit", "command", "outbound", "vault", "jobs", "web"),
            new Floor(
                    "whoop.quota", "health", "notice", "trace", "audit", "command", "outbound", "vault", "jobs", "web"),
            new Floor(
                    "whoop.api",
                    "health",
                    "trace",
                    "audit",
                    "command",
                    "outbound",
                    "vault",
                    "jobs",
                    "web",
                    "whoop.quota"),
            new Floor("sahha.api", "health", "outbound"),
            new Floor("sahha.data", "health", "database", "outbound", "sahha.api"),
            new Floor("sahha.refresh", "health", "trace", "sahha.api", "sahha.data"),
            new Floor("sahha.existing", "health", "trace", "web", "sahha.api", "sahha.data", "sahha.refresh"),
            new Floor("sahha.webhook", "health", "database", "web", "sahha.api", "sahha.data", "sahha.refresh"),
            new Floor(
                    "sahha",
                    "health",
                    "audit",
                    "outbound",
                    "web",
                    "sahha.api",
                    "sahha.data",
                    "sahha.refresh",
                    "sahha.existing",
                    "sahha.webhook"),
            new Floor("unified", "health", "trace", "audit", "outbound", "vault", "jobs", "web"),
            new Floor("whoop.quota", "health", "notice", "trace", "audit", "outbound", "vault", "jobs", "web"),
            new Floor("whoop.api", "health", "trace", "audit", "outbound", "vault", "jobs", "web", "whoop.quota"),
            new Floor("whoop.custody", "health", "trace", "database", "outbound", "vault", "jobs", "whoop.api"),
            new Floor(
                    "whoop.connect",
                    "health",
                    "database",
                    "trace",
                    "audit",
                    "command",
                    "outbound",
                    "vault",
                    "jobs",
                    "web",
                    "whoop.custody",
                    "whoop.api"),
            new Floor(
                    "whoop.data",
                    "health",
                    "trace",
                    "audit",
                    "command",
                    "outbound",
                    "vault",
                    "jobs",
                    "web",
                    "whoop.connect",
                    "whoop.api",
                    "whoop.quota"),
            new Floor(
                    "whoop.sync",
                    "health",
                    "database",
                    "trace",
                    "audit",
                    "command",
                    "outbound",
                    "vault",
                    "jobs",
                    "web",
                    "whoop.data",
                    "whoop.connect",
                    "whoop.api",
                    "whoop.quota"),
            new Floor(
                    "whoop.webhook",
                    "health",
                    "database",
                    "outbound",
                    "vault",
                    "jobs",
                    "web",
                    "whoop.sync",
                    "whoop.data",
                    "whoop.connect",
                    "whoop.api",
                    "whoop.quota"));

    private static JavaClasses house;

    private record Floor(String name, String... mayUse) {}

    @BeforeAll
    static void scan() {
        house = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/twins/")
                        && !location.contains("-tests.jar")) // simulators: they have a clock of their own
                .importPackages("io.holisticos");
    }

    @Test
    void theWholeHouseWasScanned() {
        assertThat(house.size()).isGreaterThan(150);
        for (Floor floor : FLOORS) {
            assertThat(house.stream().map(JavaClass::getPackageName))
                    .as(floor.name())
                    .contains(HOUSE + floor.name());
        }
    }

    @TestFactory
    List<DynamicTest> everyPackageUsesOnlyWhatStandsBelowIt() {
        return FLOORS.stream()
                .map(floor -> DynamicTest.dynamicTest(floor.name(), () -> {
                    String[] allowed = new String[floor.mayUse().length + 1];
                    allowed[0] = HOUSE + floor.name();
                    for (int i = 0; i < floor.mayUse().length; i++) {
                        allowed[i + 1] = HOUSE + floor.mayUse()[i];
                    }
                    noClasses()
                            .that()
                            .resideInAPackage(HOUSE + floor.name())
                            .should()
                            .dependOnClassesThat(
                                    resideInAPackage("io.holisticos..").and(not(resideInAnyPackage(allowed))))
                            .check(house);
                }))
                .toList();
    }

    @Test
    void theKernelKnowsTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage("io.holisticos.health")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify.annotations", "io.holisticos.health")
                .check(house);
    }

    @Test
    void theAppEntersWhoopByItsDoor() {
        noClasses()
                .that()
                .resideInAPackage("io.holisticos.app..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.holisticos.whoop.(*)..").and(not(resideInAPackage("io.holisticos.whoop"))))
                .check(house);
    }

    @Test
    void noPackagesGoRoundInCircles() {
        slices().matching("io.holisticos.(**)").should().beFreeOfCycles().check(house);
    }

    @Test
    void onlyResourcesAreRoutes() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Resource")
                .should()
                .beAnnotatedWith(Path.class)
                .check(house);
    }

    @Test
    void onlyStoresSpeakSql() {
        noClasses()
                .that(outsideStores())
                .should()
                .callMethodWhere(target(owner(name(Handle.class.getName())))
                        .and(target(name("createQuery")
                                .or(name("createUpdate"))
                                .or(name("execute"))
                                .or(name("prepareBatch"))
                                .or(name("select")))))
                .check(house);
    }

    @Test
    void nothingReadsATimeThatWasNotInjected() {
        Set<Class<?>> times =
                Set.of(Instant.class, LocalDate.class, LocalDateTime.class, OffsetDateTime.class, ZonedDateTime.class);
        for (Class<?> time : times) {
            noClasses()
                    .should()
                    .callMethod(time, "now")
                    .orShould()
                    .callMethod(time, "now", ZoneId.class)
                    .check(house);
        }
        noClasses()
                .that(not(name("io.holisticos.app.HealthApplication")))
                .should()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(house);
    }

    @Test
    void nothingIsInjectedIntoFields() {
        fields().should().notBeAnnotatedWith(Inject.class).check(house);
    }

    private static DescribedPredicate<JavaClass> outsideStores() {
        return DescribedPredicate.describe(
                "outside stores", type -> !type.getName().matches(".*Store(\\$.*)?"));
    }
}
