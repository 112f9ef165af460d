package io.holisticos.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code docs/fault-matrix.md}: each part is written by a test of its own, and leaves the other as it is. */
final class FaultMatrix {

    /** The sources, by {@link FaultMatrixTest}. */
    static final String SOURCES = """
            # What callers see when something is wrong

            Written by `FaultMatrixTest` (`mvn verify -Pdeep -Dgolden.rewrite=true`): the whole service against the twins, each fault met
            while callers ask. Times are medians of three, in classes. A unified answer has 5 s, WHOOP at most 2 s of them.

            | fault | asked | status | time | what the caller saw |
            |---|---|---|---|---|
            """;

    /** Processes and the database, by {@link ReplicaFaultsTest}. */
    static final String REPLICAS = """
            ## Two replicas behind a proxy

            Written by `ReplicaFaultsTest` (`mvn verify -Pdeep -Dgolden.rewrite=true`), as measured: two processes of the packaged service
            behind HAProxy, which asks `/health/ready`, and repeats reads whose connection broke (`retry-on conn-failure empty-response`,
            `option redispatch`). 25 reads a second of existing and unified paths and of integration health, and 5 signed webhooks a second,
            each sent again a second later until it is acknowledged. *Shed* counts existing paths and health answered with `overloaded`;
            *lost* counts webhooks that were acknowledged and are not in the database; *jobs* is the time from the end of the fault until
            jobs are done again and none lies still; *lines* are all log lines of both replicas, WARN and above.

            | fault | reads | ≥ 500 | shed | slowest | webhooks | sent again | lost | jobs | lines |
            |---|---|---|---|---|---|---|---|---|---|
            """;

    private static final Path PAGE = Path.of("..", "docs", "fault-matrix.md");

    private FaultMatrix() {}

    /** Puts a part in the place of the former one. */
    static void write(String part, String rows) {
        try {
            String page = Files.readString(PAGE);
            int second = page.indexOf(REPLICAS.substring(0, REPLICAS.indexOf('\n')));
            String sources = second < 0 ? page : page.substring(0, second);
            String replicas = second < 0 ? "" : page.substring(second);
            if (part.equals(SOURCES)) {
                sources = part + rows + (replicas.isEmpty() ? "" : "\n");
            } else {
                replicas = (second < 0 ? "\n" : "") + part + rows;
            }
            Files.writeString(PAGE, sources + replicas);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
