package io.holisticos.whoop.connect;

import io.dropwizard.views.common.View;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;

/** What a member sees at the end: one page without anything from elsewhere. */
public final class ResultPage extends View {

    private final boolean connected;
    private final String title;
    private final String text;

    private ResultPage(boolean connected, String title, String text) {
        super("result.ftlh", StandardCharsets.UTF_8); // .ftlh: every value is escaped
        this.connected = connected;
        this.title = title;
        this.text = text;
    }

    static Response.ResponseBuilder connected() {
        return page(200, new ResultPage(true, "WHOOP is connected", "Your data will be there in a moment."));
    }

    static Response.ResponseBuilder refused(Refusal why) {
        return page(why.status(), new ResultPage(false, why.title(), why.text()));
    }

    public boolean isConnected() {
        return connected;
    }

    public String getTitle() {
        return title;
    }

    public String getText() {
        return text;
    }

    private static Response.ResponseBuilder page(int status, ResultPage page) {
        return Response.status(status)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(page)
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
                                + " frame-ancestors 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer") // the address holds code and state
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
