package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UnusedMembersTest {

    /** Export and erase, next round. */
    private static final Set<String> NEXT_ROUND = Set.of(
            "vault.Vault.shred",
            "whoop.connect.Connections.erase",
            "whoop.connect.Consents.erase",
            "whoop.webhook.WebhookInbox.erase");

    /** Parts of keys: they make two keys differ, and nobody reads them. */
    private static final Set<String> COMPARED = Set.of(
            "app.LogThrottle.Cause.level",
            "app.LogThrottle.Cause.logger",
            "app.LogThrottle.Cause.thrown",
            "sahha.Merge.Identity.periodicity");

    /** Used by nobody when the rule was made. A name only ever leaves this list. */
    private static final Set<String> STILL_UNUSED = Set.of(
            "health.Metric.ofKey",
            "outbound.Reply.sentAtNanos",
            "outbound.Samples.Result.latencies",
            "sahha.SahhaRecord.sahhaId",
            "trace.RequestContext.wrapSupplier",
            "web.ApiKeyStore.publicId",
            "web.ApiKeyStore.revoke",
            "whoop.api.Rejected.raw",
            "whoop.api.ScoreState.PENDING_SCORE",
            "whoop.api.ScoreState.SCORED",
            "whoop.api.ScoreState.UNSCORABLE",
            "whoop.api.WhoopApi.activityMapping",
            "whoop.api.WhoopApi.allCycles",
            "whoop.api.WhoopApi.allRecoveries",
            "whoop.api.WhoopApi.allSleeps",
            "whoop.api.WhoopApi.allWorkouts",
            "whoop.api.WhoopApi.revokeAccess",
            "whoop.api.WhoopApi.sleepOfCycle",
            "whoop.connect.ConnectFlow.Outcome.returnTo",
            "whoop.connect.Connections.usable",
            "whoop.data.Coverage.covered",
            "whoop.data.Coverage.intervals",
            "whoop.data.Held.newestObservation",
            "whoop.data.Spans.containsAll",
            "whoop.data.WhoopStore.findPayload",
            "whoop.quota.LaneRules.dayRoomAt",
            "whoop.quota.QuotaGovernor.admitsNewMember",
            "whoop.quota.QuotaGovernor.headersIgnored",
            "whoop.sync.MemberState.Night.sleepId",
            "whoop.sync.SyncRun.isOpen");

    @Test
    void mainCodeUsesAllOfMainCode() {
        List<String> elsewhere = new ArrayList<>();
        MainCode.sources("sandbox").forEach(file -> elsewhere.add(MainCode.read(file)));
        for (String module : List.of("sahha-core", "whoop-integration", "app")) {
            Path resources = MainCode.ROOT.resolve(module).resolve("src/main/resources");
            MainCode.files(resources, ".ftlh").forEach(file -> elsewhere.add(MainCode.read(file)));
            MainCode.files(resources.resolve("META-INF"), "").stream()
                    .filter(java.nio.file.Files::isRegularFile)
                    .forEach(file -> elsewhere.add(MainCode.read(file)));
        }

        Set<String> unused = new UnusedMembers(
                        MainCode.product(), sources(List.of("sahha-core", "whoop-integration", "app")), elsewhere)
                .names();
        unused.removeAll(NEXT_ROUND);
        unused.removeAll(COMPARED);

        assertThat(unused)
                .as("what only tests use goes, with its tests; what is gone leaves STILL_UNUSED")
                .isEqualTo(STILL_UNUSED);
    }

    @Test
    void whatNobodyUsesIsFoundAndWhatSomebodyUsesIsNot() {
        Map<String, String> sources = new HashMap<>();
        Path folder = Path.of("src/test/java");
        MainCode.files(folder.resolve("io/holisticos/app/architecture/planted/unused"), ".java")
                .forEach(file -> sources.put(nameOf(folder, file), MainCode.read(file)));

        Set<String> unused = new UnusedMembers(MainCode.planted("unused"), sources, List.of()).names();

        Set<String> simple = new TreeSet<>();
        unused.forEach(name -> simple.add(name.substring(name.indexOf("unused.") + "unused.".length())));
        assertThat(simple)
                .containsExactly("Left", "Used.NAME_LEFT", "Used.Pair.neverRead", "Used.neverCalled", "Used.onlySet");
    }

    private static Map<String, String> sources(List<String> modules) {
        Map<String, String> sources = new HashMap<>();
        for (String module : modules) {
            Path folder = MainCode.ROOT.resolve(module).resolve("src/main/java");
            MainCode.sources(module).forEach(file -> sources.put(nameOf(folder, file), MainCode.read(file)));
        }
        return sources;
    }

    private static String nameOf(Path folder, Path file) {
        return folder.relativize(file).toString().replaceAll("[/\\\\]", ".").replaceAll("\\.java$", "");
    }
}
