package io.holisticos.bench.drive;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Webhooks as WHOOP signs them. No two are the same event. */
public final class SignedEvents {

    private static final List<String> TYPES = List.of("sleep.updated", "recovery.updated");

    private final String secret;
    private final long firstAccount;
    private final int accounts;
    private final UUID run = UUID.randomUUID();
    private int sent;

    /** @param firstAccount WHOOP's id of the first member; the others follow it */
    public SignedEvents(String secret, long firstAccount, int accounts) {
        this.secret = secret;
        this.firstAccount = firstAccount;
        this.accounts = accounts;
    }

    /** Events that were not made before. */
    public List<Request> next(int count) {
        List<Request> events = new ArrayList<>(count);
        Mac mac = mac();
        for (int i = 0; i < count; i++) {
            events.add(event(mac, sent++));
        }
        return events;
    }

    private Request event(Mac mac, int number) {
        UUID record = new UUID(run.getMostSignificantBits(), number / TYPES.size());
        UUID trace = new UUID(run.getLeastSignificantBits(), number);
        String body = "{\"user_id\":" + (firstAccount + number % accounts) + ",\"id\":\"" + record + "\",\"type\":\""
                + TYPES.get(number % TYPES.size()) + "\",\"trace_id\":\"" + trace + "\"}";
        String timestamp = Long.toString(Clock.systemUTC().millis());
        mac.update(timestamp.getBytes(StandardCharsets.UTF_8));
        String signature = Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        return new Request(
                "POST",
                "/webhooks/whoop",
                Map.of(
                        "Content-Type",
                        "application/json",
                        "X-WHOOP-Signature",
                        signature,
                        "X-WHOOP-Signature-Timestamp",
                        timestamp),
                body);
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
