package io.holisticos.pages;

/**
 * What a browser is shown in place of a page that could not be asked for, or could not answer: too many ask at once, the service
 * cannot answer, there is no such page.
 *
 * @param why names its texts
 * @param seconds after which it may go better
 */
public record RefusalPage(String why, long seconds) {

    /** A while in which most troubles of ours end; for a refusal that says none. */
    private static final long A_WHILE = 30;

    /** @param seconds as the refusal's {@code Retry-After}; 0 when it has none */
    public static Page of(int status, long seconds) {
        String why = status == 429 ? "often" : status >= 500 ? "trouble" : "nothing";
        return Page.of(status, "refusal.ftlh", new RefusalPage(why, seconds > 0 ? seconds : A_WHILE));
    }
}
