package io.holisticos.whoop.connect;

import io.dropwizard.views.common.View;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.connect.ConsentOutcome.Kept;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The page at the end of a consent: what came of it, and the choices that the member has. */
public final class ResultPage extends View {

    private static final String DONE = "✓";
    private static final String ATTENTION = "⚠";
    private static final String NOT_ME = "This is not me";

    private final String mark;
    private final Text text;
    private final Form form;
    private final @Nullable String leadsTo;

    private ResultPage(String mark, Text text, Form form, @Nullable String leadsTo) {
        super("result.ftlh", StandardCharsets.UTF_8); // .ftlh: every value is escaped
        this.mark = mark;
        this.text = text;
        this.form = form;
        this.leadsTo = leadsTo;
    }

    private record Text(String title, List<String> lines) {}

    private record Form(String action, String token, List<Button> buttons) {
        static final Form NONE = new Form("", "", List.of());
    }

    /** A button, in a form of its own. The first is for a member who came here on purpose. */
    public record Button(String value, String text) {
        private static Button of(AccountChoice choice, String text) {
            return new Button(choice.formValue(), text);
        }
    }

    /** The tokens are kept: the page names the account as far as we know it, and asks whether it is right. */
    static Response.ResponseBuilder kept(Kept kept, String action) {
        URI returnTo = kept.returnTo();
        return Pages.of(
                200,
                new ResultPage(
                        kept.progress() == ConnectProgress.AWAITING_CONFIRMATION ? ATTENTION : DONE,
                        textOf(kept),
                        new Form(action, kept.answer(), buttonsOf(kept)),
                        null),
                returnTo == null ? null : Pages.sourceOf(returnTo));
    }

    /** The member has chosen. */
    static Response.ResponseBuilder chosen(AccountChoice choice, @Nullable URI returnTo) {
        Text text = switch (choice) {
            case KEEP -> new Text("WHOOP is connected", List.of("Your data will be there in a moment."));
            case REPLACE ->
                new Text("WHOOP is connected", List.of("The days are read anew, from the account that you chose."));
            case DISOWN ->
                new Text(
                        "WHOOP was disconnected",
                        List.of("Nothing of that WHOOP account is shown any more. You can start again from your app."));
        };
        return Pages.of(
                200,
                new ResultPage(
                        choice == AccountChoice.DISOWN ? ATTENTION : DONE,
                        text,
                        Form.NONE,
                        returnTo == null ? null : returnTo.toString()),
                null);
    }

    static Response.ResponseBuilder refused(Refusal why) {
        return Pages.of(
                why.status(),
                new ResultPage(ATTENTION, new Text(why.title(), List.of(why.text())), Form.NONE, null),
                null);
    }

    private static Text textOf(Kept kept) {
        String whose = kept.whoopName() == null ? "This WHOOP" : "WHOOP of " + kept.whoopName();
        return switch (kept.progress()) {
            case CONNECTED, CONNECTED_AGAIN ->
                new Text(
                        "WHOOP is connected",
                        List.of(
                                whose + " now belongs to " + kept.label() + ".",
                                "Your data will be there in a moment."));
            case AWAITING_PROFILE ->
                new Text(
                        "WHOOP is connected, your data follows",
                        List.of(
                                whose + " will belong to " + kept.label() + ".",
                                "WHOOP answers many members just now. There is nothing more for you to do."));
            case AWAITING_CONFIRMATION ->
                new Text(
                        "This is another WHOOP account than before",
                        List.of(
                                whose + " would now belong to " + kept.label() + ".",
                                "The days that the account before has filled would be shown no more, and be read anew"
                                        + " from this one. Until you decide nothing is read."));
        };
    }

    private static List<Button> buttonsOf(Kept kept) {
        return switch (kept.progress()) {
            case CONNECTED, CONNECTED_AGAIN, AWAITING_PROFILE ->
                List.of(
                        Button.of(
                                AccountChoice.KEEP, kept.returnTo() == null ? "This is right" : "This is right, go on"),
                        Button.of(AccountChoice.DISOWN, NOT_ME));
            case AWAITING_CONFIRMATION ->
                List.of(
                        Button.of(AccountChoice.REPLACE, "Yes, use this WHOOP account from now on"),
                        Button.of(AccountChoice.DISOWN, NOT_ME));
        };
    }

    public String getMark() {
        return mark;
    }

    public String getTitle() {
        return text.title();
    }

    public List<String> getTexts() {
        return text.lines();
    }

    public String getAction() {
        return form.action();
    }

    public String getToken() {
        return form.token();
    }

    public List<Button> getButtons() {
        return form.buttons();
    }

    public @Nullable String getLeadsTo() {
        return leadsTo;
    }
}
