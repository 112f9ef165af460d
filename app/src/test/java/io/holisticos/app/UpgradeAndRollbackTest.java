package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.Traffic.Tally;
import io.holisticos.twins.whoop.EditKind;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a former version to this one and back, by the commands of {@code docs/runbooks/upgrade.md} and {@code rollback.md}, while
 * callers who do not wait for each other come through HAProxy, or by hand through nginx ({@code -Dupgrade.proxy=nginx}, or {@code
 * nginx-taken-out}, where each replica is taken out of its file before it ends). None of them asks twice, and every JVM is a fresh
 * one.
 */
@Tag("deep")
@Tag("alone")
class UpgradeAndRollbackTest {

    private static final String PROXY = System.getProperty("upgrade.proxy", "haproxy");

    private static final boolean BEHIND_NGINX = PROXY.startsWith("nginx");

    /** For a former version that refuses, while it ends, what comes on connections that nginx keeps. */
    private static final boolean TAKEN_OUT = PROXY.equals("nginx-taken-out");

    private static final String FORMER = System.getProperty(
            "former.commit",
            BEHIND_NGINX && !TAKEN_OUT ? FormerVersion.CLOSING_IN_ORDER : FormerVersion.MANY_MIGRATIONS_AGO);

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofSeconds(2);
    private static final Duration BETWEEN_READS = Duration.ofMillis(50);

    /** HAProxy asks every second. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    /** How many commands of first-deployment.md make the databases; those after them start the service. */
    private static final int UNTIL_THERE_ARE_DATABASES = 7;

    private static final List<AutoCloseable> OPENED = new ArrayList<>();
    private static final Map<String, Tally> TALLIES = new LinkedHashMap<>();
    private static final List<String> UNEXPECTED = new ArrayList<>();

    @TempDir
    private static Path folder;

    private static TwoReplicas replicas;
    private static ReverseProxy proxy;
    private static Traffic traffic;

    @BeforeAll
    @Timeout(900) // it builds the former version where nobody has
    static void open() throws Exception {
        assertThat(BEHIND_NGINX ? ReverseProxy.isNginxInstalled() : ReverseProxy.isInstalled())
                .as("the proxy is installed (apt-get install haproxy nginx-light)")
                .isTrue();
        assertThat(ROOT.resolve("app/target/app.jar")).as("built by package").exists();
        Files.createSymbolicLink(folder.resolve("former"), FormerVersion.built(FORMER));
        Files.createDirectories(folder.resolve("new"));
        Files.createSymbolicLink(folder.resolve("new/app.jar"), ROOT.resolve("app/target/app.jar"));
        Files.createSymbolicLink(folder.resolve("new/config.yml"), ROOT.resolve("config.yml"));

        replicas = opened(TwoReplicas.withoutDatabases());
        proxy = opened(
                BEHIND_NGINX ? ReverseProxy.nginxBefore(replicas.services) : ReverseProxy.before(replicas.services));
        replicas.services.forEach(replica ->
                replica.of(folder.resolve("former")).withSources("http://127.0.0.1:1", "http://127.0.0.1:1"));
        deployTheFormerVersion();
        replicas.start(
                proxy.url(),
                Map.of(
                        "SAHHA_DATABASE_USER", DatabaseRoles.RUNTIME,
                        "WHOOP_DATABASE_USER", DatabaseRoles.RUNTIME,
                        "DRAIN_TIME", "5s",
                        "WARM_UP", "5s",
                        "TRUSTED_PROXIES", "127.0.0.1"));
        traffic = opened(new Traffic(proxy.url(), "sandbox-client-secret", replicas.told(), BETWEEN_READS));
        LockSupport.parkNanos(NOTICED.toNanos());
    }

    @AfterAll
    static void close() throws Exception {
        for (int i = OPENED.size() - 1; i >= 0; i--) {
            OPENED.get(i).close();
        }
    }

    /** The page is this version's, since the former one had none: only its databases and roles are made by it. */
    private static void deployTheFormerVersion() throws Exception {
        Path place = Files.createDirectories(folder.resolve("deployment"));
        Files.createDirectories(place.resolve("app"));
        Files.createSymbolicLink(place.resolve("app/target"), folder.resolve("former"));
        Files.createSymbolicLink(place.resolve("config.yml"), folder.resolve("former/config.yml"));
        Files.createSymbolicLink(place.resolve("docs"), ROOT.resolve("docs"));
        Runbook.run(
                Runbook.blocks("first-deployment.md").get(0).subList(0, UNTIL_THERE_ARE_DATABASES), place, operator());
    }

    /** What an operator's shell has: the service's settings, and who may administer the server. */
    private static Map<String, String> operator() {
        URI server = URI.create(replicas.postgres.url("postgres").substring("jdbc:".length()));
        Map<String, String> variables = new HashMap<>(replicas.services.get(0).environment());
        variables.putAll(Map.of(
                "PGHOST", "127.0.0.1",
                "PGPORT", Integer.toString(server.getPort()),
                "PGUSER", DebianPostgres.USER,
                "OWNER_PASSWORD", "owner-of-a-test",
                "RUNTIME_PASSWORD", "runtime-of-a-test",
                "JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -Xmx256m"));
        return variables;
    }

    @Test
    @Timeout(900)
    void noRequestFailsAndNoWebhookIsLostOnTheWayToThisVersionAndBack() throws Exception {
        List<List<String>> upgrade = Runbook.blocks("upgrade.md");
        List<List<String>> rollback = Runbook.blocks("rollback.md");
        assertThat(upgrade).hasSize(2);
        assertThat(rollback).hasSize(2);
        traffic.start();
        LockSupport.parkNanos(MOMENT.toNanos());

        step("migration under the former version", () -> {
            assertThat(run(upgrade.get(0))).contains("change sets have not run");
            run(upgrade.get(1));
            keepsWhatWhoopScoresAgain();
        });
        step("to the new version", () -> {
            restartEach("new");
            keepsWhatWhoopScoresAgain();
        });
        step("back to the former version", () -> {
            restartEach("former");
            keepsWhatWhoopScoresAgain();
        });
        step("schema taken back under the former version", () -> {
            assertThat(run(rollback.get(0))).contains("Rolling Back ChangeSet");
            run(rollback.get(1));
            keepsWhatWhoopScoresAgain();
        });

        replicas.services.forEach(UpgradeAndRollbackTest::hear);
        Set<String> lost = new TreeSet<>(traffic.acknowledged());
        lost.removeAll(replicas.heldWebhooks());
        assertThat(TALLIES).allSatisfy((step, tally) -> {
            assertThat(tally.reads.get()).isGreaterThan(50);
            assertThat(tally.failures).isEmpty();
            assertThat(tally.sentAgain.get()).as("webhooks sent again").isZero();
        });
        assertThat(lost).as("acknowledged, and not in the database").isEmpty();
        assertThat(UNEXPECTED)
                .as("events that a version says on the other's schema")
                .isEmpty();
    }

    private interface Step {
        void take() throws Exception;
    }

    private static void step(String name, Step step) throws Exception {
        long begun = System.nanoTime();
        Tally tally = traffic.begin();
        TALLIES.put(name, tally);
        step.take();
        LockSupport.parkNanos(MOMENT.toNanos());
        System.out.printf(
                "%s: %d s, %d reads, %d failed, slowest %d ms; %d webhooks, %d sent again%n",
                name,
                Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
                tally.reads.get(),
                tally.failedReads.get(),
                tally.slowestMillis.get(),
                tally.webhooks.get(),
                tally.sentAgain.get());
    }

    private static String run(List<String> commands) throws Exception {
        return Runbook.run(commands, folder, operator());
    }

    /** As the service manager does: one after the other, each ready before the next one ends. */
    private static void restartEach(String version) throws Exception {
        for (Service replica : replicas.services) {
            if (TAKEN_OUT) {
                proxy.takeOut(replica);
            }
            replica.process().terminate();
            assertThat(replica.process().exitStatus(PATIENCE)).isEqualTo(143);
            hear(replica);
            replica.of(folder.resolve(version)).start();
            Service.await("ready", () -> replica.get("/health/ready").statusCode() == 200);
            if (TAKEN_OUT) {
                proxy.takeAllBack();
            }
            LockSupport.parkNanos(NOTICED.toNanos());
        }
    }

    /** A version that cannot read or write what is there says so; callers may be none the wiser. */
    private static void hear(Service replica) {
        replica.process().printed().stream()
                .filter(line -> line.contains("unexpected_error"))
                .forEach(UNEXPECTED::add);
    }

    /** The version that runs reads a night that WHOOP scored again, and keeps the former one, in the schema that is there. */
    private static void keepsWhatWhoopScoresAgain() {
        Map<String, Long> before = new HashMap<>();
        for (String member : TwoReplicas.MEMBERS) {
            before.put(member, formerVersions(member));
            assertThat(replicas.whoop().edit(member, EditKind.RESCORE)).isPresent();
        }
        before.forEach(
                (member, versions) -> Service.await("a former version kept", () -> formerVersions(member) > versions));
        for (Service replica : replicas.services) {
            for (String member : TwoReplicas.MEMBERS) {
                HttpResponse<String> answer = replica.get("/api/v1/unified-health/overview/" + member);
                JsonNode sources = replica.jsonOf(answer).path("sources");
                assertThat(sources.toString())
                        .as("sources")
                        .doesNotContain("unavailable")
                        .isNotEqualTo("");
            }
        }
    }

    private static long formerVersions(String member) {
        return replicas.whoopDatabase.withHandle(
                handle -> handle.createQuery("select count(*) from whoop_sleep_history where user_id = :who")
                        .bind("who", member)
                        .mapTo(Long.class)
                        .one());
    }

    private static <T extends AutoCloseable> T opened(T one) {
        OPENED.add(one);
        return one;
    }
}
