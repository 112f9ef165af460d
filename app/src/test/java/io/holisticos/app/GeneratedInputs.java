package io.holisticos.app;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import io.holisticos.testing.TokenIssuer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Requests that nobody would write, the same for the same seed: near what is right, and far from it. */
final class GeneratedInputs {

    /** What a request is about. */
    enum Kind {
        CALLBACK,
        WHOOP_WEBHOOK,
        SAHHA_WEBHOOK,
        QUERY,
        CREDENTIAL,
        /** Near a member's token, but not as its issuer signed it. */
        FORGED_TOKEN,
        /** Signed by the issuer, whatever it says. */
        SIGNED_TOKEN
    }

    /** What claims and headers may be, as JSON: of their type and of any other. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1e308",
            "1e999",
            "-0.0",
            "9223372036854775807",
            "99999999999999999999999",
            "1764000000",
            "4102444800",
            "\"4102444800\"",
            "\"\"",
            "\"demo-anna\"",
            "\"demo-ben\"",
            "\"demo-anna\\u0000\"",
            "\"\\ud800\"",
            "\"ES256\"",
            "\"none\"",
            "[]",
            "[null]",
            "[\"" + TokenIssuer.AUDIENCE + "\"]",
            "[\"" + TokenIssuer.AUDIENCE + "\",1]",
            "[[[[]]]]",
            "[".repeat(400) + "]".repeat(400),
            "{}",
            "{\"a\":{\"a\":1}}",
            "\"" + "x".repeat(500) + "\"");

    private static final List<String> CLAIMS =
            List.of("iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope", "amr", "act", "cnf", "x");

    private static final List<String> HEADERS = List.of(
            "alg",
            "kid",
            "typ",
            "cty",
            "crit",
            "b64",
            "jku",
            "jwk",
            "x5u",
            "x5c",
            "x5t",
            "x5t#S256",
            "zip",
            "enc",
            "p2c",
            "x");

    private static final String WHOOP_SECRET = "sandbox-client-secret";

    private static final List<String> KNOWN = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "1000",
            "1001",
            "99999999999999999999",
            "1e9",
            "NaN",
            "null",
            "true",
            "undefined",
            "today",
            "yesterday",
            "2026-11-22",
            "2026-02-30",
            "0000-00-00",
            "9999-12-31",
            "+10000-01-01",
            "11/22/2026",
            "%00",
            "%0a",
            "%0d%0a",
            "%",
            "%2",
            "%zz",
            "%c0%ae",
            "%f0%9f%98%80",
            "%ed%a0%80",
            "..",
            "../",
            "..;",
            "/",
            "//",
            "'",
            "\"",
            "\\",
            ";",
            "&",
            "=",
            "#",
            "?",
            "{}",
            "[]",
            "<>",
            "$",
            "*",
            "steps",
            "heart_rate.resting",
            "sleep",
            "demo-anna",
            "demo-ben",
            "nobody",
            "whoop",
            "sahha");

    private static final List<String> ROUTES = List.of(
            "/api/v1/health-metrics/overview?profile_id=",
            "/api/v1/health-metrics/sleep?profile_id=",
            "/api/v1/health-metrics/scores?profile_id=",
            "/api/v1/sahha/scores?user_id=",
            "/api/v1/sahha/biomarkers?user_id=",
            "/api/v1/unified-health/overview/demo-anna?x=",
            "/api/v1/unified-health/days/demo-anna?x=",
            "/api/v1/unified-health/explain/demo-anna?x=",
            "/api/v1/unified-health/changes/demo-anna?since=",
            "/api/v1/unified-health/sources/",
            "/internal/data/sleep/demo-anna?x=",
            "/internal/data/cycles/demo-anna?x=",
            "/internal/oauth/status/",
            "/health/ready?",
            "/api/openapi.json?",
            "/connect/");

    private static final List<String> PARAMETERS = List.of(
            "period",
            "from",
            "to",
            "date",
            "days",
            "limit",
            "start_date",
            "end_date",
            "metric",
            "since",
            "include_whoop",
            "profile_id",
            "user_id",
            "format",
            "x");

    private final SplittableRandom random;
    private final String host;
    private final TokenIssuer issuer;

    /** @param issuer signs the tokens of members */
    GeneratedInputs(long seed, String host, TokenIssuer issuer) {
        this.random = new SplittableRandom(seed);
        this.host = host;
        this.issuer = issuer;
    }

    /** The bytes of the next request of this kind. */
    byte[] next(Kind kind, Instant now) throws Exception {
        return switch (kind) {
            case CALLBACK -> callback();
            case WHOOP_WEBHOOK -> whoopWebhook(now);
            case SAHHA_WEBHOOK -> sahhaWebhook();
            case QUERY -> get(query(), "X-API-Key: " + House.KEY + "\r\n");
            case CREDENTIAL -> credential();
            case FORGED_TOKEN -> withToken(forged(now));
            case SIGNED_TOKEN -> withToken(signed(header(), claims(now)));
        };
    }

    private byte[] withToken(String token) {
        return get("/api/v1/unified-health/overview/demo-anna", "Authorization: Bearer " + token + "\r\n");
    }

    private String forged(Instant now) throws Exception {
        String honest = issuer.token("demo-anna", now);
        String[] parts = honest.split("\\.");
        return switch (random.nextInt(4)) {
            case 0 -> base64Of(header()) + '.' + parts[1] + '.' + parts[2];
            case 1 -> parts[0] + '.' + base64Of(claims(now)) + "x." + parts[2]; // a letter more is another text
            case 2 -> parts[0] + '.' + parts[1] + '.' + base64(random.nextInt(140));
            default ->
                base64Of(new String(mutated(header()), StandardCharsets.UTF_8))
                        + '.'
                        + base64Of(new String(mutated(claims(now)), StandardCharsets.UTF_8))
                        + '.'
                        + parts[2];
        };
    }

    /** Whatever the header says, the elliptic key signed it. */
    private String signed(String header, String claims) throws Exception {
        String said = base64Of(header) + '.' + base64Of(claims);
        return said
                + '.'
                + new ECDSASigner(issuer.ec())
                        .sign(new JWSHeader(JWSAlgorithm.ES256), said.getBytes(StandardCharsets.US_ASCII));
    }

    private String header() {
        Map<String, String> fields = new LinkedHashMap<>(
                Map.of("alg", "\"ES256\"", "kid", "\"" + issuer.ec().getKeyID() + "\""));
        return odd(fields, HEADERS, random.nextInt(3));
    }

    private String claims(Instant now) {
        Map<String, String> fields = new LinkedHashMap<>(Map.of(
                "iss",
                "\"" + TokenIssuer.ISSUER + "\"",
                "aud",
                "\"" + TokenIssuer.AUDIENCE + "\"",
                "sub",
                random.nextInt(8) == 0 ? "\"demo-ben\"" : "\"demo-anna\"",
                "exp",
                Long.toString(now.getEpochSecond() + 600)));
        return odd(fields, CLAIMS, random.nextInt(4));
    }

    /** An object of these fields and some others, or some of them changed, or said twice. */
    private String odd(Map<String, String> fields, List<String> names, int changes) {
        StringBuilder twice = new StringBuilder();
        for (int i = 0; i < changes; i++) {
            if (random.nextInt(5) == 0) {
                twice.append(",\"").append(one(names)).append("\":").append(one(VALUES));
            } else {
                fields.put(one(names), one(VALUES));
            }
        }
        return fields.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(field -> '"' + field.getKey() + "\":" + field.getValue())
                .collect(Collectors.joining(",", "{", twice + "}"));
    }

    private static String base64Of(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] callback() {
        StringBuilder target = new StringBuilder("/api/v1/whoop/callback?");
        for (String name : List.of("code", "state", "error", "error_description", "code")) {
            if (random.nextInt(4) > 0) {
                target.append(name).append('=').append(text()).append('&');
            }
        }
        String headers = switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "Cookie: $" + one(List.of("Version", "Path", "Domain", "x")) + "=" + field() + "\r\n";
            case 2 -> "Accept-Language: " + field() + "\r\n";
            default -> "Cookie: whoop_connect_" + field() + "=" + field() + "\r\n";
        };
        return get(target.toString(), headers);
    }

    private byte[] whoopWebhook(Instant now) throws Exception {
        byte[] body = mutated("{\"user_id\":" + random.nextInt(100) + ",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7a"
                + String.format("%04x", random.nextInt(65_536))
                + "\",\"type\":\"sleep.updated\",\"trace_id\":\"generated\"}");
        String timestamp = random.nextInt(4) == 0 ? field() : Long.toString(now.toEpochMilli());
        byte[] signature = hmac(WHOOP_SECRET, concat(timestamp.getBytes(StandardCharsets.UTF_8), body));
        String signed = random.nextInt(4) == 0 ? field() : Base64.getEncoder().encodeToString(signature);
        return post(
                "/webhooks/whoop",
                "X-WHOOP-Signature: " + signed + "\r\nX-WHOOP-Signature-Timestamp: " + timestamp + "\r\n",
                body);
    }

    private byte[] sahhaWebhook() throws Exception {
        byte[] body = mutated("{\"id\":\"generated\",\"externalId\":\"generated-" + random.nextInt(50)
                + "\",\"type\":\"sleep\",\"score\":0.5,\"factors\":[{\"id\":\"a\",\"value\":1.5}]}");
        String signed =
                random.nextInt(4) == 0 ? field() : HexFormat.of().formatHex(hmac(House.SAHHA_WEBHOOK_SECRET, body));
        String type = random.nextInt(4) == 0 ? field() : "ScoreCreatedIntegrationEvent";
        return post("/webhooks/sahha", "X-Signature: " + signed + "\r\nX-Event-Type: " + type + "\r\n", body);
    }

    private String query() {
        StringBuilder target = new StringBuilder(one(ROUTES)).append(text());
        if (target.indexOf("?") < 0) {
            target.append('?');
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            target.append('&')
                    .append(random.nextInt(10) == 0 ? text() : one(PARAMETERS))
                    .append('=')
                    .append(text());
        }
        return target.toString();
    }

    private byte[] credential() {
        String token =
                base64(random.nextInt(60)) + '.' + base64(random.nextInt(200)) + '.' + base64(random.nextInt(90));
        String line = switch (random.nextInt(7)) {
            case 0 -> "X-API-Key: " + field();
            case 1 -> "Authorization: Bearer " + field();
            case 2 -> "Authorization: Bearer ey" + token;
            case 3 -> "Authorization: Basic " + base64(random.nextInt(100));
            case 4 -> "Authorization: " + field();
            case 5 -> "X-API-Key: " + field() + "\r\nX-API-Key: " + field();
            default -> "Authorization: Bearer ey" + token + "\r\nX-API-Key: " + field();
        };
        return get("/api/v1/unified-health/overview/demo-anna", line + "\r\n");
    }

    /** In an address: mostly readable, sometimes escaped, sometimes any byte that does not end the line. */
    private String text() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> one(KNOWN);
            case 2 -> one(KNOWN) + one(KNOWN);
            case 3 -> escaped(random.nextInt(40));
            case 4 -> letters(random.nextInt(200));
            default -> random.nextInt(20) == 0 ? bytes(random.nextInt(20)) : escaped(random.nextInt(8)) + one(KNOWN);
        };
    }

    private String field() {
        return random.nextInt(3) == 0 ? bytes(random.nextInt(60)) : letters(random.nextInt(300));
    }

    private String escaped(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append('%').append(HexFormat.of().toHexDigits((byte) random.nextInt(256)));
        }
        return text.toString();
    }

    private String letters(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('!' + random.nextInt('~' - '!')));
        }
        return text.toString();
    }

    private String bytes(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            char next = (char) random.nextInt(256);
            text.append(next == '\r' || next == '\n' ? ' ' : next);
        }
        return text.toString();
    }

    private String base64(int bytes) {
        byte[] raw = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            raw[i] = (byte) random.nextInt(256);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    }

    private byte[] mutated(String event) {
        byte[] body = event.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(6); i > 0; i--) {
            int at = random.nextInt(body.length);
            switch (random.nextInt(4)) {
                case 0 -> body[at] = (byte) random.nextInt(256);
                case 1 ->
                    body = concat(java.util.Arrays.copyOf(body, at), text().getBytes(StandardCharsets.ISO_8859_1));
                case 2 -> body = concat(body, body);
                default -> body[at] = (byte) "{}[]\",:0e-\\".charAt(random.nextInt(11));
            }
            if (body.length == 0 || body.length > 2_000) {
                body = event.getBytes(StandardCharsets.UTF_8);
            }
        }
        return body;
    }

    private byte[] get(String target, String headers) {
        return ("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] post(String path, String headers, byte[] body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n" + headers + "\r\n";
        return concat(head.getBytes(StandardCharsets.ISO_8859_1), body);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] hmac(String secret, byte[] of) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return mac.doFinal(of);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
