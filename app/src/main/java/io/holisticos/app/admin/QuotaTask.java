package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.util.Duration;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.whoop.WhoopQuota;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /tasks/quota} shows WHOOP's quota. {@code action=block&window=minute|day&for=10m} stops all calls for
 * that long, {@code action=unblock[&window=minute|day]} allows them again. It says what changed, and takes effect on
 * every replica.
 */
public final class QuotaTask extends OperatorTask {

    private static final Set<String> PARAMETERS = Set.of("action", "window", "for");

    private final WhoopQuota quota;

    public QuotaTask(WhoopQuota quota, ObjectMapper json) {
        super("quota", json, "WHOOP's database does not answer: try again; unblocking twice does no harm");
        this.quota = quota;
    }

    @Override
    protected Object answer(Map<String, List<String>> parameters) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("changed", changed(parameters));
        answer.put("quota", quota.report());
        return answer;
    }

    private List<String> changed(Map<String, List<String>> parameters) {
        refuseOthersThan(PARAMETERS, parameters);
        String action = one(parameters, "action");
        String window = one(parameters, "window");
        String length = one(parameters, "for");
        return switch (action == null ? "show" : action) {
            case "show" -> {
                refuse("show", "window", window);
                refuse("show", "for", length);
                yield List.of();
            }
            case "block" -> {
                if (window == null || length == null) {
                    throw new InvalidRequest("block needs window=minute or window=day, and for, such as for=10m");
                }
                yield quota.block(window, durationOf(length));
            }
            case "unblock" -> {
                refuse("unblock", "for", length);
                yield quota.unblock(window);
            }
            default -> throw new InvalidRequest("action must be show, block or unblock, was " + action);
        };
    }

    private static void refuse(String action, String name, @Nullable String value) {
        if (value != null) {
            throw new InvalidRequest(action + " takes no " + name);
        }
    }

    private static java.time.Duration durationOf(String text) {
        try {
            return Duration.parse(text).toJavaDuration();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest("for must be like 30s, 10m or 6h, was " + text, e);
        }
    }
}
