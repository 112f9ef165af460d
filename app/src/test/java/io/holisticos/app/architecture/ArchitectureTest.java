package io.holisticos.app.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
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
import org.junit.jupiter.api.Test;

/**
 * Laws that no {@code package-info.java} can change: what the kernel is, where a source ends, and what is done in one kind
 * of class only.
 */
class ArchitectureTest {

    private final JavaClasses product = MainCode.product();

    @Test
    void allOfMainCodeWasImported() {
        assertThat(product.size()).isGreaterThan(300);
        assertThat(product.stream().map(JavaClass::getPackageName))
                .contains("io.holisticos.health", "io.holisticos.sahha", "io.holisticos.whoop", "io.holisticos.app");
    }

    @Test
    void theKernelKnowsTheJdkOnlyAndJacksonForItsFiles() {
        classes()
                .that()
                .resideInAPackage("io.holisticos.health")
                .and()
                .haveNameNotMatching(".*\\.(MetricFile|Sports)(\\$.*)?")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify.annotations", "io.holisticos.health")
                .check(product);
    }

    @Test
    void theAppUsesOnlyTheTopPackageOfASource() {
        for (String source : List.of("sahha", "whoop")) {
            noClasses()
                    .that()
                    .resideInAPackage("io.holisticos.app..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.holisticos." + source + "..")
                            .and(not(resideInAPackage("io.holisticos." + source))))
                    .check(product);
        }
    }

    @Test
    void sourcesDoNotKnowEachOther() {
        mayNotUse("io.holisticos.sahha..", "io.holisticos.whoop..").check(product);
        mayNotUse("io.holisticos.whoop..", "io.holisticos.sahha..").check(product);
    }

    /** What a third source needs of ours; whoever adds one needs no more to begin with. */
    @Test
    void aSourceNeedsOnlyTheVocabularyAndTheFormOfItsHealth() {
        assertThat(MainCode.ring()).isNotEmpty();
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify.annotations",
                        "com.fasterxml.jackson.annotation",
                        "io.holisticos.health",
                        "io.holisticos.vitals",
                        "io.holisticos.ring")
                .check(MainCode.ring());
        mayNotUse("io.holisticos..", "io.holisticos.ring..").check(product);
    }

    @Test
    void theUnifiedFlowKnowsNoSourceByName() {
        mayNotUse("io.holisticos.unified..", "io.holisticos.sahha..").check(product);
        mayNotUse("io.holisticos.unified..", "io.holisticos.whoop..").check(product);
    }

    @Test
    void nothingBelowKnowsTheApp() {
        noClasses()
                .that(not(resideInAPackage("io.holisticos.app..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.holisticos.app..")
                .check(product);
    }

    @Test
    void twinsKnowNothingOfOurs() {
        classes()
                .should()
                .onlyDependOnClassesThat(
                        resideInAPackage("io.holisticos.twins..").or(not(resideInAPackage("io.holisticos.."))))
                .check(MainCode.twins());
    }

    @Test
    void onlyResourcesAreRoutes() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Resource")
                .should()
                .beAnnotatedWith(Path.class)
                .check(product);
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
                .check(product);
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
                    .check(product);
        }
        noClasses()
                .that(not(name("io.holisticos.app.HealthApplication")))
                .should()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(product);
    }

    @Test
    void nothingIsInjectedIntoFields() {
        fields().should().notBeAnnotatedWith(Inject.class).check(product);
    }

    private static ArchRule mayNotUse(String from, String to) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(to);
    }

    private static DescribedPredicate<JavaClass> outsideStores() {
        return DescribedPredicate.describe(
                "outside stores", type -> !type.getName().matches(".*Store(\\$.*)?"));
    }
}
