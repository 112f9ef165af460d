package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.whoop.EditKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/**
 * After a day of members who connect, are read, edited and refreshed, no row of either database and no line of the log has a
 * token, an e-mail address, a name or a payload of WHOOP's: not as it is, not encoded, not hashed without a key.
 */
@Tag("deep")
class NothingInTheClearTest {

    private static final List<String> MEMBERS = List.of("demo-anna", "demo-ben", "demo-eve");
    private static final Set<String> SECRET_FIELDS =
            Set.of("access_token", "refresh_token", "accountToken", "profileToken", "email", "first_name", "last_name");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    @Timeout(600)
    void aDayLeavesNoSecretOfWhoopsInADatabaseOrALog() throws Exception {
        House[] built = new House[1];
        try (Overheard whoop = new Overheard(() -> built[0].whoop().baseUrl());
                Overheard sahha = new Overheard(() -> built[0].sahha().baseUrl());
                Overheard webhooks = new Overheard(() -> built[0].uri("").toString());
                House house = House.openWith(
                        Map.of("WHOOP_URL", whoop.url(), "SAHHA_URL", sahha.url(), "LOG_LEVEL", "DEBUG"))) {
            built[0] = house;
            List<String> lines;
            try (LogLines logged = LogLines.ofAll()) {
                aDayOf(house, webhooks.url());
                lines = logged.written(new EventLayout(), new TextLayout()); // as production, and as people read it
            }

            Traces traces = new Traces();
            Set<String> fields = new TreeSet<>();
            whoop.bodies().forEach(body -> look(body, "payload of whoop", traces, fields));
            sahha.bodies().forEach(body -> look(body, "", traces, fields));
            whoop.credentials().stream()
                    .filter(said -> said.length() > 8)
                    .forEach(said -> traces.of("credential", said));
            List<String> delivered = webhooks.credentials().stream()
                    .filter(said -> said.startsWith("{"))
                    .toList();
            delivered.forEach(body -> traces.of("webhook of whoop", body));
            assertThat(delivered).hasSizeGreaterThan(20);
            assertThat(fields)
                    .contains("access_token", "refresh_token", "email", "first_name", "last_name", "accountToken");
            assertThat(traces.count()).isGreaterThan(5000);

            for (TestDatabase database : List.of(house.whoopDatabase(), house.sahhaDatabase())) {
                byte[] binary = dump(database, "(format binary)");
                String text = new String(dump(database, "(format text)"), StandardCharsets.UTF_8);
                assertThat(binary.length).isGreaterThan(50_000);
                assertThat(traces.in(binary)).as("rows as bytes").isEmpty();
                assertThat(traces.in(text.getBytes(StandardCharsets.UTF_8)))
                        .as("rows as text")
                        .isEmpty();
                assertThat(traces.wordsIn(text)).as("words of rows").isEmpty();
            }
            String log = String.join("\n", lines);
            assertThat(lines).hasSizeGreaterThan(100);
            assertThat(traces.in(log.getBytes(StandardCharsets.UTF_8)))
                    .as("the log")
                    .isEmpty();
            assertThat(traces.wordsIn(log)).as("words of the log").isEmpty();
        }
    }

    @Test
    void aSecretIsFoundHoweverItIsWritten() {
        Traces traces = new Traces();
        traces.of("name", "Anna Example");
        byte[] secret = "Anna Example".getBytes(StandardCharsets.UTF_8);

        assertThat(traces.in("row of Anna Example.".getBytes(StandardCharsets.UTF_8)))
                .isNotEmpty();
        assertThat(traces.in("row of Anna Example.".getBytes(StandardCharsets.UTF_16LE)))
                .isNotEmpty();
        for (String before : List.of("", "x", "xy", "xyz")) {
            byte[] text = (before + "Anna Example, and more").getBytes(StandardCharsets.UTF_8);
            assertThat(traces.in(Base64.getEncoder().encode(text))).as(before).isNotEmpty();
            assertThat(traces.in(Base64.getUrlEncoder().encode(text)))
                    .as(before)
                    .isNotEmpty();
        }
        for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
            byte[] hash = digest(algorithm, secret);
            assertThat(traces.in(hash)).as(algorithm).isNotEmpty();
            assertThat(traces.in(HexFormat.of().formatHex(hash).getBytes(StandardCharsets.UTF_8)))
                    .as(algorithm)
                    .isNotEmpty();
        }
        assertThat(traces.in("row of Anna Other, Example".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void aDayOf(House house, String ours) throws Exception {
        for (String member : MEMBERS) {
            house.connect(member);
        }
        house.whoop().register(house.whoop().app().withWebhookUrls(List.of(URI.create(ours + "/webhooks/whoop"))));
        for (int hour = 0; hour < 24; hour++) {
            for (String member : MEMBERS) {
                house.get("/api/v1/unified-health/overview/" + member);
                house.get("/api/v1/health-metrics/overview?profile_id=" + member);
                house.get("/internal/data/profile/" + member);
            }
            house.whoop().edit(MEMBERS.get(hour % MEMBERS.size()), EditKind.ADD_WORKOUT);
            house.clock().advance(Duration.ofHours(1)); // tokens are refreshed each hour, records scored again
            house.whoop().pump();
        }
        house.send("DELETE", "/internal/oauth/disconnect/" + MEMBERS.get(1), "");
    }

    /** The secrets of an answer: what is named so, and each record and page as they were sent. */
    private static void look(String body, String payload, Traces traces, Set<String> fields) {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (IOException e) {
            return; // a page for browsers
        }
        if (tree == null || tree.isMissingNode()) {
            return;
        }
        if (!payload.isEmpty() && body.length() > 40) {
            traces.of(payload, body);
        }
        tree.path("records").forEach(record -> traces.of(payload + ", a record", record.toString()));
        for (String field : SECRET_FIELDS) {
            tree.findValues(field).forEach(value -> {
                fields.add(field);
                traces.of(field, value.asText());
            });
        }
    }

    /** All rows of all tables; as binary, what is bytes stands in it as it is. */
    private static byte[] dump(TestDatabase database, String format) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Connection connection = database.dataSource().getConnection()) {
            for (String table : database.jdbi().withHandle(Rows::tables)) {
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("copy (select * from " + table + ") to stdout " + format, all);
            }
        }
        return all.toByteArray();
    }
}
