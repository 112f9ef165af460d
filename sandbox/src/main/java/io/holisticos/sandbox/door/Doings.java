package io.holisticos.sandbox.door;

import io.holisticos.sandbox.door.Calls.Answer;
import io.holisticos.sandbox.door.Differences.Difference;
import io.holisticos.sandbox.door.Tried.End;
import io.holisticos.sandbox.environment.SandboxFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Tries things out, one after another, and remembers what came of them. Thread-safe. */
final class Doings {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(300);

    private static final int MOST_REMEMBERED = 50;

    private static final int LONGEST_ANSWER = 2_000;

    private final Calls calls;

    /** Guarded by itself; the oldest first. */
    private final Map<Long, Tried> remembered = new LinkedHashMap<>();

    private long last;

    Doings(Calls calls) {
        this.calls = calls;
    }

    /**
     * Tries it, and waits until its effect is seen or it takes too long. While one is tried, others wait: else each would show
     * what the other changed.
     *
     * @return the number by which it is {@linkplain #find found}
     */
    synchronized long run(Attempt attempt) {
        return remember(new Run(attempt).end());
    }

    /** Empty when it is too long ago, or was never. */
    Optional<Tried> find(long number) {
        synchronized (remembered) {
            return Optional.ofNullable(remembered.get(number));
        }
    }

    private long remember(Tried tried) {
        synchronized (remembered) {
            remembered.put(++last, tried);
            remembered.keySet().removeIf(number -> number <= last - MOST_REMEMBERED);
            return last;
        }
    }

    /** One attempt under way. */
    private final class Run {

        private final Attempt attempt;
        private final List<Tried.Sent> sent = new ArrayList<>();
        private final long begun = System.nanoTime();
        private long millisBefore;
        private long millisAfter;

        private Run(Attempt attempt) {
            this.attempt = attempt;
        }

        private Tried end() {
            try {
                Answer before = calls.send(attempt.watched());
                millisBefore = before.millis();
                for (Request request : attempt.requests()) {
                    if (send(request).isRefusal()) {
                        return tried(End.REFUSED, before, calls.send(attempt.watched()));
                    }
                }
                return watch(before);
            } catch (Calls.Unanswered e) {
                return new Tried(attempt.name(), End.UNANSWERED, sent, watched(), List.of());
            }
        }

        private Answer send(Request request) throws Calls.Unanswered {
            try {
                Answer answer = calls.send(request);
                sent.add(new Tried.Sent(calls.asCurl(request), answer.status(), shortened(answer.body())));
                return answer;
            } catch (Calls.Unanswered e) {
                sent.add(new Tried.Sent(calls.asCurl(request), 0, ""));
                throw e;
            }
        }

        /** Until the effect is seen and nothing more happens: one change at WHOOP may be two events. */
        private Tried watch(Answer before) throws Calls.Unanswered {
            Attempt.Effect effect = attempt.effect();
            long patienceEnds = System.nanoTime() + effect.patience().toNanos();
            Answer former = before;
            while (true) {
                Answer after = calls.send(attempt.watched());
                boolean seen = effect.isSeen().test(before.json(), after.json());
                boolean settled =
                        Differences.between(former.json(), after.json()).isEmpty();
                if (seen && settled) {
                    return tried(End.SEEN, before, after);
                }
                if (System.nanoTime() > patienceEnds) {
                    return tried(seen ? End.SEEN : End.NOT_SEEN, before, after);
                }
                former = after;
                pause();
            }
        }

        private Tried tried(End end, Answer before, Answer after) {
            millisAfter = after.millis();
            List<Difference> differences = Differences.between(before.json(), after.json());
            return new Tried(attempt.name(), precisely(end, differences.isEmpty()), sent, watched(), differences);
        }

        private End precisely(End end, boolean isSame) {
            if (end == End.REFUSED) {
                return end;
            }
            if (!attempt.effect().isChange()) {
                return End.NO_WAIT;
            }
            if (!isSame) {
                return end;
            }
            boolean mayBeSame = end == End.SEEN || attempt.effect() == Attempt.Effect.ANYTHING_OR_NOTHING_NEW;
            return mayBeSame ? End.NOTHING_NEW : End.NOT_SEEN;
        }

        private Tried.Watched watched() {
            return new Tried.Watched(
                    calls.asCurl(attempt.watched()),
                    millisBefore,
                    millisAfter,
                    String.format(Locale.ROOT, "%.1f", (System.nanoTime() - begun) / 1e9));
        }
    }

    private static String shortened(String answer) {
        return answer.length() > LONGEST_ANSWER ? answer.substring(0, LONGEST_ANSWER) + " …" : answer;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_INTERVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxFailure("the sandbox ends", e);
        }
    }
}
