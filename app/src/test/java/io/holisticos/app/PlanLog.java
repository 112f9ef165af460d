package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * What PostgreSQL's module {@code auto_explain} writes into the server's own log, a file of the test: the plan of each statement,
 * with what it touched. Bound values are in no other log.
 */
final class PlanLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More bytes than are written while a mark is looked for. */
    private static final long END = 16 << 20;

    private final Path file;
    private final Jdbi any;
    private long forgotten; // bytes
    private int marks;

    /** @param any one of the databases that explain */
    PlanLog(Path file, Jdbi any) {
        this.file = file;
        this.any = any;
    }

    /** From now on, new connections to these databases explain. */
    static void switchOn(Jdbi server, String... databases) {
        server.useHandle(handle -> {
            for (String database : databases) {
                for (String setting : List.of(
                        "session_preload_libraries = 'auto_explain'",
                        "auto_explain.log_min_duration = 0",
                        "auto_explain.log_analyze = on",
                        "auto_explain.log_buffers = on",
                        "auto_explain.log_timing = off",
                        "auto_explain.log_nested_statements = on",
                        "auto_explain.log_parameter_max_length = 0",
                        "auto_explain.log_format = 'json'")) {
                    handle.execute("alter database " + database + " set " + setting);
                }
            }
        });
    }

    /**
     * A statement as it was executed.
     *
     * @param application as the connection calls itself, such as {@code unified-health}
     * @param plan as EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) says it
     * @param within whether another statement executed it, such as in a function
     */
    record Plan(String database, String application, String statement, JsonNode plan, boolean within) {

        boolean says(String words) {
            return statement.contains(words);
        }

        /** Of the statement, and of all that are executed within it. */
        long buffers() {
            return plan.path("Shared Hit Blocks").asLong()
                    + plan.path("Shared Read Blocks").asLong();
        }

        List<String> wholeTables() {
            List<String> tables = new ArrayList<>();
            collect(plan, tables);
            return tables;
        }

        private static void collect(JsonNode node, List<String> tables) {
            if (node.path("Node Type").asText().endsWith("Seq Scan")
                    && node.path("Actual Loops").asLong() > 0) {
                tables.add(node.path("Relation Name").asText());
            }
            node.path("Plans").forEach(child -> collect(child, tables));
        }
    }

    /** Reads the end of the log only, since much may have been explained meanwhile. */
    void forget() {
        String mark = mark();
        House.await(() -> isForgottenAt(mark));
    }

    private boolean isForgottenAt(String mark) {
        try (SeekableByteChannel log = Files.newByteChannel(file)) {
            long from = Math.max(0, log.size() - END);
            log.position(from);
            String end = new String(Channels.newInputStream(log).readAllBytes(), StandardCharsets.ISO_8859_1);
            int line = end.indexOf(mark) < 0 ? -1 : end.indexOf('\n', end.indexOf(mark));
            if (line >= 0) {
                forgotten = from + line + 1;
            }
            return line >= 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was explained since {@link #forget}. */
    List<Plan> soFar() {
        return plansIn(written());
    }

    /** The same, and forgets it. */
    List<Plan> read() {
        String text = written();
        forgotten += text.getBytes(StandardCharsets.UTF_8).length;
        return plansIn(text);
    }

    private static List<Plan> plansIn(String text) {
        List<Plan> plans = new ArrayList<>();
        text.lines().forEach(line -> {
            JsonNode entry = read(line);
            String message = entry.path("message").asText();
            int begin = message.indexOf("plan:\n");
            if (message.startsWith("duration: ") && begin > 0) {
                JsonNode explained = read(message.substring(begin + 6));
                plans.add(new Plan(
                        entry.path("dbname").asText(),
                        entry.path("application_name").asText(),
                        explained.path("Query Text").asText().replaceAll("\\s+", " "),
                        explained.path("Plan"),
                        entry.has("context")));
            }
        });
        return plans;
    }

    /** The server writes its log a little later: all whole lines up to a statement that is executed now. */
    private String written() {
        String mark = mark();
        House.await(() -> unread().contains(mark));
        String text = unread();
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    private String mark() {
        String mark = "select 1 as mark_" + ++marks + "_of_the_log";
        any.useHandle(handle -> handle.execute(mark));
        return mark;
    }

    private String unread() {
        try (InputStream log = Files.newInputStream(file)) {
            log.skipNBytes(forgotten);
            return new String(log.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
