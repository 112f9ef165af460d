package io.holisticos.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.Relay.Answer;
import io.holisticos.app.Relay.Letter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands before WHOOP's token endpoint: knows whose every token is and what became of it, and may hold a call up. */
final class TokenWitness implements AutoCloseable {

    private static final Duration HOLDS = Duration.ofMinutes(2);
    private static final Pattern PRESENTED = Pattern.compile("(?:^|&)refresh_token=([^&]*)");

    /** Where a refresh is held up, or what becomes of it. */
    enum Trap {
        /** The call never reaches WHOOP. */
        BEFORE_WHOOP,
        /** WHOOP rotates, and its answer stays on the way. */
        AFTER_WHOOP,
        /** WHOOP rotates, and the connection breaks. */
        REPLY_LOST,
        /** The call takes its way; it is only told that there was one. */
        ANYWHERE
    }

    private final Relay relay = new Relay(this::of);
    private final ObjectMapper json = new ObjectMapper();
    private final Supplier<URI> whoop;
    private final Map<String, String> owners = new HashMap<>();
    private final Map<String, String> newest = new HashMap<>();
    private final Map<String, Integer> presented = new HashMap<>();
    private final Map<String, Integer> refreshes = new HashMap<>();
    private final Set<String> spent = new HashSet<>();
    private final List<String> freshTokensRefused = new ArrayList<>();
    private String expected = "";
    private Trap trap = Trap.ANYWHERE;
    private String victim = "";
    private CountDownLatch sprung = new CountDownLatch(1);
    private CountDownLatch released = new CountDownLatch(1);

    TokenWitness(Supplier<URI> whoop) {
        this.whoop = whoop;
    }

    URI uri() {
        return relay.uri();
    }

    /** The next code that is traded is this member's. */
    synchronized void expects(String member) {
        expected = member;
    }

    /** For the member's next refresh, or anybody's if it is to be told only. */
    synchronized void set(Trap next, String member) {
        trap = next;
        victim = member;
        sprung = new CountDownLatch(1);
        released = new CountDownLatch(1);
    }

    synchronized boolean hasSprung() {
        return sprung.getCount() == 0;
    }

    synchronized void release() {
        released.countDown();
    }

    /** Whether WHOOP's newest pair for the member never came back: it was lost on its way into the store. */
    synchronized boolean hasUnusedPair(String member) {
        return !presented.containsKey(newest.get(member));
    }

    /** Whose tokens WHOOP refused although they had not been spent. */
    synchronized List<String> freshTokensRefused() {
        return List.copyOf(freshTokensRefused);
    }

    /** How often each refresh token was presented. */
    synchronized List<Integer> presentations() {
        return List.copyOf(presented.values());
    }

    /** How many refreshes each member had. */
    synchronized Map<String, Integer> refreshes() {
        return Map.copyOf(refreshes);
    }

    private Answer of(Letter letter) {
        Matcher token = PRESENTED.matcher(letter.text());
        if (!token.find()) {
            Answer answer = Relay.deliver(letter, whoop.get());
            granted(answer, expectedMember());
            return answer;
        }
        String refreshToken = URLDecoder.decode(token.group(1), StandardCharsets.UTF_8);
        Trap sprungNow = present(refreshToken);
        if (sprungNow == Trap.BEFORE_WHOOP) {
            hold();
            return Answer.NONE;
        }
        Answer answer = Relay.deliver(letter, whoop.get());
        settle(refreshToken, answer);
        if (sprungNow == Trap.AFTER_WHOOP) {
            spring();
            hold();
            return Answer.NONE;
        }
        if (sprungNow == Trap.REPLY_LOST) {
            spring();
            return Answer.NONE;
        }
        return answer;
    }

    private synchronized String expectedMember() {
        return expected;
    }

    /** What becomes of this refresh. */
    private synchronized Trap present(String refreshToken) {
        String member = owners.getOrDefault(refreshToken, "nobody");
        presented.merge(refreshToken, 1, Integer::sum);
        refreshes.merge(member, 1, Integer::sum);
        Trap now = sprung.getCount() > 0 && member.equals(victim) ? trap : Trap.ANYWHERE;
        if (now == Trap.BEFORE_WHOOP || trap == Trap.ANYWHERE) {
            sprung.countDown();
        }
        return now;
    }

    private synchronized void spring() {
        sprung.countDown();
    }

    private void hold() {
        CountDownLatch until;
        synchronized (this) {
            until = released;
        }
        try {
            if (!until.await(HOLDS.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let the call go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void settle(String refreshToken, Answer answer) {
        String member = owners.getOrDefault(refreshToken, "nobody");
        if (answer.isSuccess()) {
            spent.add(refreshToken);
            granted(answer, member);
        } else if (!spent.contains(refreshToken)) {
            freshTokensRefused.add(member);
        }
    }

    private synchronized void granted(Answer answer, String member) {
        if (answer.isSuccess()) {
            try {
                String next = json.readTree(answer.body()).path("refresh_token").asText();
                owners.put(next, member);
                newest.put(member, next);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        relay.close();
    }
}
