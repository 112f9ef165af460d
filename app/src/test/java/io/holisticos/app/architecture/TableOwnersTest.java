package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.holisticos.app.Migrations;
import io.holisticos.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TableOwnersTest {

    private static final String PLANTED = "io/holisticos/app/architecture/planted/tables/";

    private static final List<String> PLANTED_FILES =
            List.of(PLANTED + "planted.sql", PLANTED + "by-name.sql", PLANTED + "left.sql");

    private static final Path RESOURCES = Path.of("src/main/resources");

    /** Nobody names these by right: they are Liquibase's, or only functions of the database use them. */
    private static final Set<String> WITHOUT_OWNER = Set.of(
            "databasechangelog",
            "databasechangeloglock",
            "sahha_adoption",
            "profiles",
            "sahha_noted_change",
            "whoop_noted_change");

    /** The same word for something else, by table and class: topics of notices, contexts of seals, reasons, checks, scores. */
    private static final Set<String> SAME_WORD = Set.of(
            "api_key ApiKeys",
            "member_key Vault",
            "member_key WrappingKeys",
            "member_key_destroyed TokenSeals",
            "member_key_destroyed Reactivation",
            "whoop_quota ServiceHealth",
            "whoop_recovery DayValues");

    /** These tables differ by kind: their owners' statements have a gap for the name. */
    private static final Map<String, Set<String>> OWN_BY_PARAMETER = Map.of(
            "RecordStore",
            Set.of(
                    "whoop_profile",
                    "whoop_profile_history",
                    "whoop_body_measurement",
                    "whoop_body_measurement_history",
                    "whoop_cycle",
                    "whoop_cycle_history",
                    "whoop_recovery",
                    "whoop_recovery_history",
                    "whoop_sleep",
                    "whoop_sleep_history",
                    "whoop_workout",
                    "whoop_workout_history"),
            "SahhaRowStore",
            Set.of("scores", "biomarkers", "archetypes"),
            "PartitionStore", // is made by the owner of a table, for its partitions
            Set.of());

    @Test
    void everyTableIsNamedByOneClassOnly() {
        Map<String, Set<String>> owners = owners(MainCode.product(), tables());
        assertThat(owners).hasSizeGreaterThan(30);

        List<String> violations = new ArrayList<>();
        owners.forEach((table, classes) -> {
            if (classes.size() > 1) {
                violations.add(table + " is named by " + classes + ": one of them owns it, the others ask that one");
            } else if (classes.isEmpty() && !WITHOUT_OWNER.contains(table)) {
                violations.add(table + " is named by nobody: drop it, or say here who uses it");
            }
        });

        assertThat(String.join("\n", violations)).isEmpty();
    }

    @Test
    void onlyAnOwnerLeavesAGapForTheTable() {
        assertThat(simple(new TableOwners(sqlFiles()).byParameter(MainCode.product())))
                .as("say in OWN_BY_PARAMETER whose tables these are")
                .isEqualTo(OWN_BY_PARAMETER.keySet());
    }

    @Test
    void everyFileOfSqlIsReadByOneClassOnly() {
        new TableOwners(sqlFiles())
                .readers(MainCode.product())
                .forEach((file, readers) -> assertThat(readers).as(file).hasSize(1));
    }

    @Test
    void aSecondClassThatNamesATableIsFoundHoweverItNamesIt() {
        JavaClasses planted = MainCode.planted("tables");
        Set<String> tables = Set.of(
                "planted_score",
                "planted_told",
                "planted_kind",
                "planted_file",
                "planted_by_name",
                "planted_other",
                "scores");

        Map<String, Set<String>> owners = new TableOwners(PLANTED_FILES).of(tables, planted);

        assertThat(simple(owners.get("planted_score"))).containsExactly("Intruder", "OwnerStore");
        assertThat(simple(owners.get("planted_told"))).containsExactly("Intruder", "OwnerStore");
        assertThat(simple(owners.get("planted_kind"))).containsExactly("Intruder");
        assertThat(simple(owners.get("planted_file"))).containsExactly("Intruder");
        assertThat(simple(owners.get("planted_by_name"))).containsExactly("Intruder");
        assertThat(simple(owners.get("planted_other"))).isEmpty();
        assertThat(simple(owners.get("scores"))).containsExactly("OwnerStore");
    }

    @Test
    void aFileOfSqlThatNobodyReadsIsFound() {
        Map<String, Set<String>> readers = new TableOwners(PLANTED_FILES).readers(MainCode.planted("tables"));

        assertThat(simple(readers.get(PLANTED + "planted.sql"))).containsExactly("Intruder");
        assertThat(simple(readers.get(PLANTED + "by-name.sql"))).containsExactly("Intruder");
        assertThat(readers.get(PLANTED + "left.sql")).isEmpty();
    }

    @Test
    void aStatementWithAGapForTheTableIsFound() {
        assertThat(simple(new TableOwners(PLANTED_FILES).byParameter(MainCode.planted("tables"))))
                .containsExactly("Intruder");
    }

    /** By table, the simple names of the classes that name it; a word that is something else there is left out. */
    private static Map<String, Set<String>> owners(JavaClasses classes, Set<String> tables) {
        Map<String, Set<String>> owners = new TreeMap<>();
        new TableOwners(sqlFiles()).of(tables, classes).forEach((table, named) -> {
            Set<String> simple = simple(named);
            simple.removeIf(name -> SAME_WORD.contains(table + ' ' + name));
            OWN_BY_PARAMETER.forEach((owner, owned) -> {
                if (owned.contains(table)) {
                    simple.add(owner);
                }
            });
            owners.put(table, simple);
        });
        return owners;
    }

    /** All that classes read; migrations are Liquibase's. */
    private static List<String> sqlFiles() {
        List<String> files = new ArrayList<>();
        for (String module : List.of("sahha-core", "whoop-integration", "app")) {
            Path resources = MainCode.ROOT.resolve(module).resolve(RESOURCES);
            MainCode.files(resources.resolve("io/holisticos"), ".sql")
                    .forEach(file ->
                            files.add(resources.relativize(file).toString().replace('\\', '/')));
        }
        return files;
    }

    /** Of both databases, as the migrations leave them. Partitions belong to their table. */
    private static Set<String> tables() {
        Set<String> tables = new TreeSet<>();
        for (String changelog : List.of(Migrations.SAHHA_CHANGELOG, Migrations.WHOOP_CHANGELOG)) {
            tables.addAll(TestDatabase.migratedBy(changelog)
                    .jdbi()
                    .withHandle(handle -> handle.createQuery(
                                    "select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace"
                                            + " and relkind in ('r', 'p') and not relispartition order by 1")
                            .mapTo(String.class)
                            .list()));
        }
        return tables;
    }

    private static Set<String> simple(Set<String> names) {
        Set<String> simple = new TreeSet<>();
        names.forEach(name -> simple.add(name.substring(name.lastIndexOf('.') + 1)));
        return simple;
    }
}
