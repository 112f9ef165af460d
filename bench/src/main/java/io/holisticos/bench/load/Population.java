package io.holisticos.bench.load;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Who is loaded.
 *
 * @param members of whom requests are about, each with {@code days} days
 */
public record Population(int members, int days) {

    /** Members with other numbers of days than the rest, for ranges and for what a history costs. */
    public static final List<Integer> HISTORIES = List.of(30, 365, 400, 1000);

    /** How many there are of each. */
    public static final int OF_EACH_HISTORY = 20;

    /** Members whom only webhooks are about. They need consent, so nobody calls WHOOP for them. */
    public static final int WEBHOOK_MEMBERS = 500;

    /** WHOOP's id of the first member; the others follow. */
    static final long FIRST_ACCOUNT = 500_000_000L;

    public static final long FIRST_WEBHOOK_ACCOUNT = 600_000_000L;

    /** Their ids, in order. */
    public List<String> ids() {
        return IntStream.rangeClosed(1, members)
                .mapToObj("bench-%06d"::formatted)
                .toList();
    }

    public static List<String> withDays(int days) {
        return IntStream.rangeClosed(1, OF_EACH_HISTORY)
                .mapToObj(i -> "bench-d" + days + "-" + i)
                .toList();
    }
}
