package io.holisticos.sandbox.door;

import io.holisticos.sandbox.environment.AppSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows.
 *
 * @param notice the key of a text: what went wrong with the request for the page; null for nothing
 * @param result what came of the last attempt; null when nothing was tried
 */
public record DoorPage(
        @Nullable String notice, @Nullable Result result, List<Member> members, List<Group> groups, Links links) {

    /** Rows of a difference that are seen at once: the buttons below shall not be far. */
    private static final int FIRST_ROWS = 12;

    public record Member(String userId) {}

    /**
     * Things to try under one heading.
     *
     * @param consents whose buttons lead to the member's page of connecting
     */
    public record Group(String word, List<Consent> consents, List<Button> buttons) {}

    /** @param curl the request that asks for the page, as a command */
    public record Consent(String userId, String curl) {}

    /** @param curls the requests that it sends, as commands */
    public record Button(String name, List<String> curls) {}

    /**
     * What came of an attempt.
     *
     * @param end a part of the key of a text
     * @param further the rows that are seen when somebody wants to
     */
    public record Result(
            String name,
            String end,
            boolean good,
            List<Tried.Sent> sent,
            Tried.Watched watched,
            List<Row> rows,
            List<Row> further) {}

    public record Row(String path, String before, String after) {}

    /**
     * @param door where this page is
     */
    public record Links(String door, String admin, String whoop, String sahha) {

        static Links of(AppSettings settings) {
            return new Links(
                    settings.appUrl() + Door.PATH, settings.adminUrl(), settings.whoopUrl(), settings.sahhaUrl());
        }
    }

    static DoorPage of(Calls calls, Links links, Optional<String> notice, Optional<Tried> tried) {
        return new DoorPage(
                notice.orElse(null),
                tried.map(DoorPage::resultOf).orElse(null),
                Attempts.MEMBERS.stream().map(Member::new).toList(),
                Stream.of(Attempt.Group.values())
                        .map(group -> new Group(group.word(), consentsIn(group, calls), buttonsIn(group, calls)))
                        .toList(),
                links);
    }

    private static List<Consent> consentsIn(Attempt.Group group, Calls calls) {
        return group != Attempt.Group.CONSENT
                ? List.of()
                : Attempts.WAIT_FOR_CONSENT.stream()
                        .map(userId -> new Consent(userId, calls.asCurl(Attempts.connect(userId))))
                        .toList();
    }

    private static List<Button> buttonsIn(Attempt.Group group, Calls calls) {
        return Attempts.of(group).stream()
                .map(attempt -> new Button(
                        attempt.name(),
                        attempt.requests().stream().map(calls::asCurl).toList()))
                .toList();
    }

    private static Result resultOf(Tried tried) {
        List<Row> rows = tried.differences().stream()
                .map(one -> new Row(one.path(), one.before(), one.after()))
                .toList();
        int first = Math.min(FIRST_ROWS, rows.size());
        return new Result(
                tried.name(),
                tried.end().word(),
                tried.end().isGood(),
                tried.sent(),
                tried.watched(),
                rows.subList(0, first),
                rows.subList(first, rows.size()));
    }
}
