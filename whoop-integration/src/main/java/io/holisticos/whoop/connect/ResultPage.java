package io.holisticos.whoop.connect;

import io.holisticos.pages.Page;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.connect.ConsentOutcome.Kept;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a consent, or of a press: what happened, what to do next, and the choices that the member has.
 *
 * @param mark the shape beside the title
 * @param title the key of its text, as are those of lines and buttons
 * @param lead where a link leads; null for none
 */
public record ResultPage(
        String mark,
        String title,
        List<Line> lines,
        Form form,
        @Nullable Lead lead) {

    private static final String TEMPLATE = "result.ftlh";

    private static final String DONE = "done";
    private static final String ATTENTION = "attention";
    private static final String WAIT = "wait";

    /** From here on a wait is told in hours. */
    private static final Duration LONG = Duration.ofMinutes(90);

    /** A text, and what its placeholders stand for. */
    public record Line(String key, Map<String, String> values) {
        private static Line of(String key) {
            return new Line(key, Map.of());
        }
    }

    public record Form(String action, String token, List<Button> buttons) {
        private static final Form NONE = new Form("", "", List.of());
    }

    /** A button, in a form of its own. The first is for a member who came here on purpose. */
    public record Button(String value, String key) {
        private static Button of(AccountChoice choice, String key) {
            return new Button(choice.formValue(), key);
        }
    }

    public record Lead(String address, String key) {}

    /** The tokens are kept: the page names the account as far as we know it, and asks whether it is right. */
    static Page kept(Kept kept, String action) {
        ConnectProgress progress = kept.progress();
        String name = kept.whoopName();
        Map<String, String> values =
                name == null ? Map.of("account", kept.label()) : Map.of("account", kept.label(), "name", name);
        String word = wordOf(progress);
        List<Line> lines = List.of(
                new Line("result." + word + (name == null ? ".unnamed" : ".named"), values),
                Line.of("result." + word + ".next"));
        ResultPage content = new ResultPage(
                progress == ConnectProgress.AWAITING_CONFIRMATION ? ATTENTION : DONE,
                "result." + word + ".title",
                lines,
                new Form(action, kept.answer(), buttonsOf(kept)),
                null);
        Page page = Page.of(200, TEMPLATE, content);
        URI returnTo = kept.returnTo();
        return returnTo == null ? page : page.withFormsTo(Page.sourceOf(returnTo));
    }

    /** The member has chosen. */
    static Page chosen(AccountChoice choice, @Nullable URI returnTo) {
        String word = "chosen." + choice.formValue();
        return Page.of(
                200,
                TEMPLATE,
                new ResultPage(
                        choice == AccountChoice.DISOWN ? ATTENTION : DONE,
                        word + ".title",
                        List.of(Line.of(word + ".next")),
                        Form.NONE,
                        returnTo == null ? null : new Lead(returnTo.toString(), "lead.app")));
    }

    /** The member has disconnected, and may change their mind. */
    static Page disconnected(String label, String link) {
        return Page.of(
                200,
                TEMPLATE,
                new ResultPage(
                        DONE,
                        "disconnected.title",
                        List.of(new Line("disconnected.what", Map.of("account", label)), Line.of("disconnected.next")),
                        Form.NONE,
                        new Lead(link, "lead.connect")));
    }

    /** @param link the way to the same page, which may help later; null where there is none */
    static Page refused(Refusal why, @Nullable Duration pause, @Nullable String link) {
        String word = "refusal." + why.word();
        List<Line> lines = new ArrayList<>(List.of(Line.of(word + ".what")));
        if (pause != null) {
            lines.add(inWords(pause));
        }
        lines.add(Line.of(word + ".next"));
        boolean later = why.status() == 503 || why == Refusal.MEMBER_LIMIT;
        return Page.of(
                why.status(),
                TEMPLATE,
                new ResultPage(
                        later ? WAIT : ATTENTION,
                        word + ".title",
                        lines,
                        Form.NONE,
                        link == null || !why.mayTryAgain() ? null : new Lead(link, "lead.again")));
    }

    private static Line inWords(Duration pause) {
        boolean hours = pause.compareTo(LONG) >= 0;
        Duration unit = hours ? Duration.ofHours(1) : Duration.ofMinutes(1);
        long count = Math.max(2, pause.plus(unit).minusNanos(1).dividedBy(unit)); // rounded up, and never one of it
        return new Line(hours ? "wait.hours" : "wait.minutes", Map.of("count", String.valueOf(count)));
    }

    private static String wordOf(ConnectProgress progress) {
        return switch (progress) {
            case CONNECTED, CONNECTED_AGAIN -> "connected";
            case AWAITING_PROFILE -> "awaiting";
            case AWAITING_CONFIRMATION -> "other";
        };
    }

    private static List<Button> buttonsOf(Kept kept) {
        return switch (kept.progress()) {
            case CONNECTED, CONNECTED_AGAIN, AWAITING_PROFILE ->
                List.of(
                        Button.of(
                                AccountChoice.KEEP, kept.returnTo() == null ? "button.keep" : "button.keep_and_return"),
                        Button.of(AccountChoice.DISOWN, "button.disown"));
            case AWAITING_CONFIRMATION ->
                List.of(
                        Button.of(AccountChoice.REPLACE, "button.replace"),
                        Button.of(AccountChoice.DISOWN, "button.disown"));
        };
    }
}
