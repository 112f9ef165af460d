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
 * Walks to and through WHOOP's consent page as a member's browser does: it follows redirects, keeps cookies, fills in
 * forms, presses buttons and sends the page's origin. One instance is one browser. Not thread-safe.
 */
public final class MemberBrowser {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** The field that only WHOOP's consent page has. */
    private static final String CHOICE = "name=\"member\"";

    private static final int PAGES_BEFORE = 3;
    private static final Pattern FORM = Pattern.compile("<form[^>]*action=\"([^\"]*)\".*?</form>", Pattern.DOTALL);
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"");
    private static final Pattern BUTTON = Pattern.compile("<button[^>]*name=\"([^\"]*)\" value=\"([^\"]*)\"");

    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(TIMEOUT)
            .build();

    /**
     * Opens the address, presses the first button until WHOOP asks for the member, and allows access as this member.
     * Returns the page that the browser ends on.
     */
    public HttpResponse<String> allow(URI address, long whoopUserId) throws IOException, InterruptedException {
        return press(consentPage(open(address)), 0, Optional.of(whoopUserId));
    }

    /** Allows access as the member that WHOOP preselects. */
    public HttpResponse<String> allow(URI address) throws IOException, InterruptedException {
        return press(consentPage(open(address)), 0, Optional.empty());
    }

    /** Declines. */
    public HttpResponse<String> decline(URI address) throws IOException, InterruptedException {
        return press(consentPage(open(address)), 1, Optional.empty());
    }

    /** Opens the address and presses the first button until WHOOP asks for the member. */
    public HttpResponse<String> begin(URI address) throws IOException, InterruptedException {
        return consentPage(open(address));
    }

    /** Opens an address and follows redirects. */
    public HttpResponse<String> open(URI address) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address).timeout(TIMEOUT).build(), BodyHandlers.ofString());
    }

    /** Presses a button of a page, counted from 0 over all its forms, and follows redirects. */
    public HttpResponse<String> press(HttpResponse<String> page, int button) throws IOException, InterruptedException {
        return press(page, button, Optional.empty());
    }

    /** Presses the first button of the pages before WHOOP's, which offer no choice. */
    private HttpResponse<String> consentPage(HttpResponse<String> first) throws IOException, InterruptedException {
        HttpResponse<String> page = first;
        for (int i = 0; i < PAGES_BEFORE && !page.body().contains(CHOICE); i++) {
            page = press(page, 0, Optional.empty());
        }
        return page;
    }

    private HttpResponse<String> press(HttpResponse<String> page, int button, Optional<Long> member)
            throws IOException, InterruptedException {
        int passed = 0;
        Matcher forms = FORM.matcher(page.body());
        while (forms.find()) {
            Matcher buttons = BUTTON.matcher(forms.group());
            while (buttons.find()) {
                if (passed++ == button) {
                    Map<String, String> fields = hidden(forms.group());
                    member.ifPresent(id -> fields.put("member", Long.toString(id)));
                    fields.put(unescaped(buttons.group(1)), unescaped(buttons.group(2)));
                    return submit(page.uri(), unescaped(forms.group(1)), fields);
                }
            }
        }
        return page; // there is no such button, for instance on an error page
    }

    private static Map<String, String> hidden(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher hidden = HIDDEN.matcher(form);
        while (hidden.find()) {
            fields.put(unescaped(hidden.group(1)), unescaped(hidden.group(2)));
        }
        return fields;
    }

    private HttpResponse<String> submit(URI page, String action, Map<String, String> fields)
            throws IOException, InterruptedException {
        String form = fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return http.send(
                HttpRequest.newBuilder(page.resolve(action))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Origin", page.getScheme() + "://" + page.getRawAuthority())
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
