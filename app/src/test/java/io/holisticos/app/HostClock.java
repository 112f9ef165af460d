package io.holisticos.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The clock of a host on which time is stretched: hours pass in minutes, on every host and in the database alike. One host's may be
 * put wrong by a file, while its service runs. The service takes it for the host's own clock and compares it with the database's.
 */
final class HostClock extends Clock {

    private final Instant since;
    private final int speed;
    private final @Nullable MappedByteBuffer ahead;

    private HostClock(Instant since, int speed, @Nullable MappedByteBuffer ahead) {
        this.since = since;
        this.speed = speed;
        this.ahead = ahead;
    }

    /** Right now, and from now on so many times as fast. */
    static HostClock stretched(int speed) {
        return new HostClock(Clock.systemUTC().instant(), speed, null);
    }

    /** That of the options which {@link #option} made. */
    static HostClock ofThisProcess() {
        String[] parts = System.getProperty("host.clock").split(",", -1);
        return new HostClock(Instant.parse(parts[0]), Integer.parseInt(parts[1]), mapped(Path.of(parts[2])));
    }

    /** Tells a process about this clock. @param wrong the file of {@link #put} */
    String option(Path wrong) {
        return "-Dhost.clock=" + since + "," + speed + "," + wrong;
    }

    /** Puts the clock of the host that looks into this file wrong by so much. */
    static void put(Path wrong, Duration ahead) {
        mapped(wrong).putLong(0, ahead.toMillis());
    }

    private static MappedByteBuffer mapped(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.write(file, new byte[Long.BYTES]);
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How long a time of this clock really takes. */
    Duration real(Duration time) {
        return time.dividedBy(speed);
    }

    /** Has the clock of a database go as fast, for sessions that begin from now on. */
    void stretch(Jdbi database, String name) {
        database.useHandle(handle -> {
            handle.execute("create schema stretched");
            handle.execute("create function stretched.clock_timestamp() returns timestamptz language sql as $$"
                    + " select timestamptz '" + since + "' + (pg_catalog.clock_timestamp() - timestamptz '" + since
                    + "') * " + speed + " $$");
            handle.execute("grant usage on schema stretched to public");
            handle.execute("alter database " + name + " set search_path = public, stretched, pg_catalog");
        });
    }

    @Override
    public Instant instant() {
        Duration passed = Duration.between(since, Clock.systemUTC().instant()).multipliedBy(speed);
        return since.plus(passed).plusMillis(ahead == null ? 0 : ahead.getLong(0));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("times here are instants");
    }

    /** It is what the host has for a clock. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other == this || Clock.systemUTC().equals(other);
    }

    @Override
    public int hashCode() {
        return Clock.systemUTC().hashCode();
    }

    /** The service on such a host. */
    static final class Host {

        private Host() {}

        public static void main(String[] arguments) throws Exception {
            new HealthApplication(ofThisProcess(), System::getenv).run(arguments);
        }
    }
}
