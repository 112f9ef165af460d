package io.holisticos.bench.load;

import io.holisticos.bench.drive.PlainConnection;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Progress;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The service's own answers, in table {@code bench.answer}: for who answers them from a table, or from memory. */
public final class StoredAnswers {

    private static final int CONNECTIONS = 8;

    private StoredAnswers() {}

    /** An answer and what its ETag was. */
    public record Answer(String who, String etag, String body) {}

    /** Asks for all, and replaces the table. */
    public static List<Answer> fill(Cluster cluster, int port, String key, List<String> members) {
        Progress.say("Asking for %,d overviews, for those who answer them from a table or from memory"
                .formatted(members.size()));
        List<Answer> answers = ask(port, key, members);
        try (Connection connection = cluster.connect(Cluster.SAHHA);
                var statement = connection.createStatement()) {
            statement.execute("drop table if exists bench.answer");
            statement.execute("create table bench.answer (user_id text primary key, body text not null)");
            try (PreparedStatement insert = connection.prepareStatement("insert into bench.answer values (?, ?)")) {
                connection.setAutoCommit(false);
                for (Answer answer : answers) {
                    insert.setString(1, answer.who());
                    insert.setString(2, answer.body());
                    insert.addBatch();
                }
                int[] unused = insert.executeBatch();
                connection.commit();
                connection.setAutoCommit(true);
            }
            statement.execute("vacuum (analyze) bench.answer");
        } catch (SQLException e) {
            throw new BenchFailure("storing answers: " + e.getMessage(), e);
        }
        return answers;
    }

    private static List<Answer> ask(int port, String key, List<String> members) {
        List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int first = i;
                all.add(threads.submit(() -> {
                    try (PlainConnection connection = new PlainConnection(port)) {
                        for (int one = first; one < members.size(); one += CONNECTIONS) {
                            answers.add(ask(connection, port, key, members.get(one)));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            return List.copyOf(answers);
        } catch (ExecutionException e) {
            throw new BenchFailure("asking for overviews: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Answer ask(PlainConnection connection, int port, String key, String who) throws IOException {
        Request request = Request.get("/api/v1/unified-health/overview/" + who, Map.of("X-API-Key", key));
        PlainConnection.Answer answer = connection.exchange(request.bytes(port));
        String body = PlainConnection.text(answer);
        if (answer.status() != 200 || !body.contains("\"data_sources\":[\"sahha\",\"whoop\"]")) {
            throw new BenchFailure("the overview of a loaded member was answered " + answer.status()
                    + " and is not of both sources: " + body.substring(0, Math.min(300, body.length())));
        }
        return new Answer(who, answer.headers().getOrDefault("etag", ""), body);
    }
}
