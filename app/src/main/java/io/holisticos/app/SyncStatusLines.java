package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code sync-status} for people, of the document that scripts get. */
final class SyncStatusLines {

    static final String STANDINGS = "stopped, switched_off, paused, failing, first_sync, working, waiting";

    /** A process looks for due jobs every few seconds. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private static final String NONE = "none";

    private final Instant now;

    /** @param now when the document was made */
    SyncStatusLines(Instant now) {
        this.now = now;
    }

    List<String> ofOne(JsonNode member) {
        List<String> lines = new ArrayList<>();
        lines.add("user: " + member.path("user_id").asText());
        lines.add("whoop user: " + text(member, "whoop_user_id", "not known yet"));
        lines.add("connection: " + member.path("state").asText());
        if (member.path("sync").isMissingNode()) {
            lines.add("sync: nothing was read yet");
            return lines;
        }
        lines.add("sync: " + member.path("sync").asText());
        lines.add("pause: " + pause(member));
        lines.add("last error: " + error(member.path("last_error")));
        member.path("failing").forEach(each -> lines.add("failing: " + error(each)));
        lines.add("coverage: " + coverage(member));
        member.path("listed_at")
                .properties()
                .forEach(list -> lines.add(
                        "listed: " + list.getKey() + " at " + list.getValue().asText()));
        member.path("runs").forEach(run -> lines.add("run: " + run(run)));
        lines.add("events: " + events(member));
        lines.add("next step: " + nextStep(member));
        lines.add("job: " + job(member));
        return lines;
    }

    List<String> ofAll(JsonNode document) {
        JsonNode summary = document.path("summary");
        List<String> lines = new ArrayList<>();
        lines.add("members: " + summary.path("members").asText() + " (" + count(summary, "stopped", "paused", "failing")
                + ", first sync not done " + summary.path("first_sync").asText() + ")");
        lines.add("events: " + summary.path("events_pending").asText() + " pending"
                + (summary.hasNonNull("next_event_at")
                        ? ", the first due at " + summary.path("next_event_at").asText()
                        : ""));
        lines.add("runs: " + summary.path("runs_open").asText() + " open, "
                + summary.path("backfills_open").asText() + " backfills");
        lines.add("jobs: " + summary.path("jobs_due").asText() + " due, "
                + summary.path("jobs_running").asText() + " running");
        lines.add("last read: " + text(summary, "last_read_at", "never"));
        if (!document.path("members").isEmpty()) {
            TextTable table = new TextTable(
                    "user_id", "connection", "sync", "pause", "last error", "coverage", "next step", "job");
            document.path("members")
                    .forEach(member -> table.add(
                            member.path("user_id").asText(),
                            member.path("state").asText(),
                            text(member, "sync", "nothing read yet"),
                            pause(member),
                            error(member.path("last_error")),
                            coverage(member),
                            nextStep(member),
                            job(member)));
            lines.addAll(table.lines());
        }
        int more = summary.path("members").asInt() - document.path("members").size();
        if (more > 0) {
            lines.add("and " + more + " more, without trouble or with less of it: --limit lists more of them");
        }
        return lines;
    }

    private static String pause(JsonNode member) {
        JsonNode pause = member.path("pause");
        return pause.isObject()
                ? "lane " + pause.path("lane").asText() + " and below until "
                        + pause.path("until").asText() + " ("
                        + pause.path("because").asText() + ")"
                : NONE;
    }

    private static String error(JsonNode error) {
        if (!error.isObject()) {
            return NONE;
        }
        return error.path("error").asText()
                + (error.hasNonNull("reading") ? " at " + error.path("reading").asText() : "")
                + (error.hasNonNull("again")
                        ? ", " + error.path("times").asText() + " times in a row, again at "
                                + error.path("again").asText()
                        : "");
    }

    private static String coverage(JsonNode member) {
        JsonNode coverage = member.path("coverage");
        return coverage.isObject()
                ? coverage.path("from").asText() + " to "
                        + coverage.path("until").asText()
                : NONE;
    }

    private static String run(JsonNode run) {
        return run.path("kind").asText() + " " + run.path("state").asText() + " at "
                + run.path("stage").asText()
                + (run.hasNonNull("percent") ? ", " + run.path("percent").asText() + " %" : "")
                + ", " + run.path("records").asText() + " records, asked for at "
                + run.path("requested_at").asText();
    }

    private static String events(JsonNode member) {
        JsonNode events = member.path("events");
        return events.path("pending").asText() + " pending"
                + (events.hasNonNull("oldest_at")
                        ? ", the oldest of " + events.path("oldest_at").asText()
                        : "");
    }

    private static String nextStep(JsonNode member) {
        JsonNode next = member.path("next_step");
        return switch (next.path("step").asText()) {
            case "" -> NONE;
            case "stop" -> "none until the member connects again";
            case "wait" -> "wait until " + next.path("at").asText();
            default ->
                next.path("step").asText().replace('_', ' ')
                        + (next.hasNonNull("reading")
                                ? " " + next.path("reading").asText()
                                : "")
                        + (next.hasNonNull("lane")
                                ? ", lane " + next.path("lane").asText()
                                : "");
        };
    }

    private String job(JsonNode member) {
        JsonNode job = member.path("job");
        if (!job.isObject()) {
            return NONE;
        }
        if (job.path("running").asBoolean()) {
            return "running";
        }
        Instant at = Instant.parse(job.path("at").asText());
        return at.plus(LATE).isBefore(now) ? "late since " + at + ": does the service run?" : "at " + at;
    }

    private static String count(JsonNode summary, String... names) {
        return List.of(names).stream()
                .map(name -> name + " " + summary.path(name).asText())
                .collect(Collectors.joining(", "));
    }

    private static String text(JsonNode node, String name, String otherwise) {
        return node.hasNonNull(name) ? node.path(name).asText() : otherwise;
    }
}
