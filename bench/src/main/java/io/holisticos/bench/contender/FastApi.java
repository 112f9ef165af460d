package io.holisticos.bench.contender;

import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Checkout;
import io.holisticos.bench.process.FreePort;
import io.holisticos.bench.process.Processes;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** Starts {@code bench/python/overview.py} under uvicorn. */
public final class FastApi {

    /** Debian's own: its packages are not in others. */
    private static final String PYTHON = "/usr/bin/python3";

    private FastApi() {}

    /** Returns its port. */
    public static int start(Processes processes, Checkout checkout, Cluster cluster, int workers) {
        int port = FreePort.next();
        String address = "postgresql://postgres@localhost:" + cluster.port() + "/";
        try {
            processes
                    .start(
                            "fastapi-" + workers,
                            Map.of(
                                    "SAHHA_DSN",
                                    address + Cluster.SAHHA,
                                    "WHOOP_DSN",
                                    address + Cluster.WHOOP,
                                    "SERVICE_KEY",
                                    Deployment.KEY,
                                    "POOL",
                                    Integer.toString(16 / workers)),
                            List.of(
                                    PYTHON,
                                    "-m",
                                    "uvicorn",
                                    "--app-dir",
                                    checkout.python().toString(),
                                    "--host",
                                    "127.0.0.1",
                                    "--port",
                                    Integer.toString(port),
                                    "--workers",
                                    Integer.toString(workers),
                                    "--loop",
                                    "uvloop",
                                    "--http",
                                    "httptools",
                                    "--no-access-log",
                                    "overview:app"))
                    .awaitAnswer(URI.create("http://localhost:" + port + "/ready"));
        } catch (BenchFailure e) {
            throw new BenchFailure(
                    e.getMessage()
                            + "\n(apt-get install python3-fastapi python3-uvicorn python3-asyncpg python3-uvloop python3-httptools)",
                    e);
        }
        return port;
    }
}
