package io.holisticos.sandbox;

import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.world.Person;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Brings everybody to where their story begins: connected, and all that WHOOP holds of them read. */
final class Seeding {

    /** Seeded without a consent at start: his is the story of connecting. */
    private static final String WAITS_FOR_CONSENT = "demo-ben";

    /** Seeded with a consent that was taken back. */
    private static final String NEEDS_NEW_CONSENT = "demo-chen";

    private static final Set<String> OF_THE_STORY =
            Set.of("demo-anna", WAITS_FOR_CONSENT, NEEDS_NEW_CONSENT, "demo-dina", "demo-eve");

    /** As many as the app has threads for syncs. */
    private static final int AT_ONCE = 4;

    /** Of a member, on a slow machine that does nothing else. */
    private static final double MOST_SECONDS_EACH = 1.0;

    private static final double SAY_EVERY_SECONDS = 5;

    private final List<Person> people;
    private final WhoopTwin whoop;
    private final Members members;
    private final Progress progress;
    private final AtomicInteger connected = new AtomicInteger();
    private double saidAt;

    Seeding(List<Person> people, WhoopTwin whoop, Members members, Progress progress) {
        this.people = people.stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .toList();
        this.whoop = whoop;
        this.members = members;
        this.progress = progress;
    }

    void run() throws IOException, InterruptedException {
        Person chen = people.stream()
                .filter(person -> person.userId().equals(NEEDS_NEW_CONSENT))
                .findFirst()
                .orElseThrow();
        List<Person> story = new ArrayList<>(people);
        story.removeIf(person -> !OF_THE_STORY.contains(person.userId())
                || Set.of(WAITS_FOR_CONSENT, NEEDS_NEW_CONSENT).contains(person.userId()));
        List<Person> others = new ArrayList<>(people);
        others.removeIf(person -> OF_THE_STORY.contains(person.userId()));
        connect(chen); // first, since most happens to him
        for (Person person : story) {
            connect(person);
        }
        members.awaitFirstSync(chen, () -> {});
        whoop.revokeGrant(chen.userId());
        members.requestSync(chen);
        for (Person person : story) {
            members.awaitFirstSync(person, () -> {});
        }
        members.awaitStatus(chen, "reauthorization_required");
        if (!others.isEmpty()) {
            seed(others);
        }
        progress.say("Members are synced");
    }

    private void connect(Person person) throws IOException, InterruptedException {
        members.connect(person);
        progress.say("  " + person.userId() + " allowed access");
    }

    /** The many: several at a time, as a backend of theirs connects them, and read while the next ones come. */
    private void seed(List<Person> many) throws IOException, InterruptedException {
        progress.say("Connecting %d more members; this may take up to %d min".formatted(many.size(), (int)
                Math.ceil((30 + many.size() * MOST_SECONDS_EACH) / 60)));
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            CompletableFuture<Void> all = CompletableFuture.allOf(many.stream()
                    .map(person -> CompletableFuture.runAsync(() -> connectQuickly(person), threads))
                    .toArray(CompletableFuture[]::new));
            int synced = 0;
            for (Person person : many) {
                int before = synced++;
                members.awaitFirstSync(person, () -> {
                    requireNoFailure(all);
                    say(many.size(), before);
                });
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void connectQuickly(Person person) {
        try {
            members.connect(person, authorizationUrl -> whoop.allow(person.userId(), authorizationUrl));
            connected.incrementAndGet();
        } catch (IOException e) {
            throw new SandboxFailure("connecting " + person.userId() + " failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxFailure("connecting " + person.userId() + " was given up", e);
        }
    }

    private static void requireNoFailure(CompletableFuture<Void> work) {
        if (work.isCompletedExceptionally()) {
            try {
                work.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof SandboxFailure failure ? failure : e;
            }
        }
    }

    private void say(int all, int synced) {
        if (progress.seconds() >= saidAt + SAY_EVERY_SECONDS) {
            saidAt = progress.seconds();
            progress.say("  %d of %d members allowed access, %d are synced".formatted(connected.get(), all, synced));
        }
    }
}
