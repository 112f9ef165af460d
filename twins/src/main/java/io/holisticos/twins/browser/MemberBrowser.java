package io.holisticos.twins.browser;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Walks through WHOOP's consent page as a member's browser does: follows redirects, keeps cookies, fills in the first
 * form and presses one of its buttons. One instance is one browser. Not thread-safe.
 */
public final class MemberBrowser {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern ACTION = Pattern.compile("<form[^>]*action=\"([^\"]*)\"");
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"");
    private static final Pattern BUTTON = Pattern.compile("<button[^>]*name=\"([^\"]*)\" value=\"([^\"]*)\"");

    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build();

    /** Opens the address and allows access as this WHOOP member; returns the page the browser ends on. */
    public HttpResponse<String> allow(URI address, long whoopUserId) throws IOException, InterruptedException {
        return press(open(address), 0, Optional.of(whoopUserId));
    }

    /** Opens the address and presses the first button without choosing a member. */
    public HttpResponse<String> allow(URI address) throws IOException, InterruptedException {
        return press(open(address), 0, Optional.empty());
    }

    /** Opens the address and declines. */
    public HttpResponse<String> decline(URI address) throws IOException, InterruptedException {
        return press(open(address), 1, Optional.empty());
    }

    /** Opens an address and follows where it leads. */
    public HttpResponse<String> open(URI address) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> press(HttpResponse<String> page, int button, Optional<Long> member)
            throws IOException, InterruptedException {
        Matcher action = ACTION.matcher(page.body());
        if (!action.find()) {
            return page; // no form: the way ended here, for instance on a page that says why
        }
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher hidden = HIDDEN.matcher(page.body());
        while (hidden.find()) {
            fields.put(unescaped(hidden.group(1)), unescaped(hidden.group(2)));
        }
        member.ifPresent(id -> fields.put("member", Long.toString(id)));
        Matcher buttons = BUTTON.matcher(page.body());
        for (int i = 0; buttons.find(); i++) {
            if (i == button) {
                fields.put(unescaped(buttons.group(1)), unescaped(buttons.group(2)));
            }
        }
        String form = fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return http.send(
                HttpRequest.newBuilder(page.uri().resolve(unescaped(action.group(1))))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String unescaped(String html) {
        return html.replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }
}
