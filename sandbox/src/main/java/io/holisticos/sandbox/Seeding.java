package io.holisticos.sandbox;

import io.holisticos.sandbox.environment.SandboxFailure;
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

/** Connects the members that the sandbox starts with, and waits until their WHOOP data is synced. */
final class Seeding {

    /** Not connected at the start, so that the person can try connecting. */
    private static final String WAITS_FOR_CONSENT = "demo-ben";

    /** Connected, then revoked at WHOOP. */
    private static final String NEEDS_NEW_CONSENT = "demo-chen";

    private static final Set<String> NAMED =
            Set.of("demo-anna", WAITS_FOR_CONSENT, NEEDS_NEW_CONSENT, "demo-dina", "demo-eve");

    /** The app has as many threads for syncs. */
    private static final int AT_ONCE = 4;

    /** How long a member takes on a slow machine that does nothing else. */
    private static final double MOST_SECONDS_EACH = 1.0;

    private static final double REPORT_EVERY_SECONDS = 5;

    private final List<Person> people;
    private final WhoopTwin whoop;
    private final Members members;
    private final Progress progress;
    private final AtomicInteger connected = new AtomicInteger();
    private double reportedAt;

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
        List<Person> named = new ArrayList<>(people);
        named.removeIf(person -> !NAMED.contains(person.userId())
                || Set.of(WAITS_FOR_CONSENT, NEEDS_NEW_CONSENT).contains(person.userId()));
        List<Person> others = new ArrayList<>(people);
        others.removeIf(person -> NAMED.contains(person.userId()));
        connect(chen); // first, because his revocation takes the longest
        for (Person person : named) {
            connect(person);
        }
        members.awaitFirstSync(chen, () -> {});
        whoop.revokeGrant(chen.userId());
        members.requestSync(chen);
        for (Person person : named) {
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

    /** Connects the extra members, several at a time and without pages; earlier ones sync while later ones connect. */
    private void seed(List<Person> extra) throws IOException, InterruptedException {
        progress.say("Connecting %d more members; this may take up to %d min".formatted(extra.size(), (int)
                Math.ceil((30 + extra.size() * MOST_SECONDS_EACH) / 60)));
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            CompletableFuture<Void> all = CompletableFuture.allOf(extra.stream()
                    .map(person -> CompletableFuture.runAsync(() -> connectQuickly(person), threads))
                    .toArray(CompletableFuture[]::new));
            int synced = 0;
            for (Person person : extra) {
                int done = synced++;
                members.awaitFirstSync(person, () -> {
                    requireNoFailure(all);
                    report(extra.size(), done);
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
            throw new SandboxFailure("connecting " + person.userId() + " was interrupted", e);
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

    private void report(int all, int synced) {
        if (progress.seconds() >= reportedAt + REPORT_EVERY_SECONDS) {
            reportedAt = progress.seconds();
            progress.say("  %d of %d members allowed access, %d are synced".formatted(connected.get(), all, synced));
        }
    }
}
