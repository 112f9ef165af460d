package io.holisticos.app.admin;

import io.holisticos.trace.RequestContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.BadMessageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the log line {@code event=admin_change}: who changed what on the admin port, with which key, from which
 * address, and how it was answered.
 */
public final class AdminChange {

    private static final Logger log = LoggerFactory.getLogger(AdminChange.class);

    /** Paths that are not ours are not logged, because they may hold anything. */
    private static final int NOT_FOUND = HttpServletResponse.SC_NOT_FOUND;

    private static final String NOTED = AdminChange.class.getName();

    /**
     * Parameters of tasks whose values are words of ours. {@code users} is not among them, because it names members.
     */
    private static final Set<String> PARAMETERS =
            Set.of("action", "window", "for", "undo", "flag", "enabled", "percentage", "logger", "level", "duration");

    /** Other parameters hold nothing that may be logged. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.:/-]{1,80}");

    private AdminChange() {}

    /** Says in words that name no member what the body of the request asks for. */
    public static void note(HttpServletRequest request, String change) {
        request.setAttribute(NOTED, change);
    }

    static void log(HttpServletRequest request, RequestContext context, int status) {
        log.info(
                "event=admin_change caller=\"{}\" client={} method={} path={} change=\"{}\" status={} request_id={}",
                context.caller(),
                context.client(),
                request.getMethod(),
                word(path(request, status)),
                request.getAttribute(NOTED) instanceof String noted ? noted : parameters(request),
                status,
                context.requestId());
    }

    private static String path(HttpServletRequest request, int status) {
        String below = request.getPathInfo();
        return below == null || status == NOT_FOUND ? request.getServletPath() : request.getServletPath() + below;
    }

    private static String parameters(HttpServletRequest request) {
        Map<String, String[]> sent;
        try {
            sent = request.getParameterMap();
        } catch (BadMessageException unreadable) {
            return "unreadable";
        }
        return sent.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(parameter -> shown(parameter.getKey(), parameter.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String shown(String name, String[] values) {
        if (name.equals("users")) {
            return "users=" + String.join(",", values).split(",").length;
        }
        return PARAMETERS.contains(name) ? name + '=' + word(values.length == 1 ? values[0] : "") : "other";
    }

    private static String word(String text) {
        return WORD.matcher(text).matches() ? text : "other";
    }
}
