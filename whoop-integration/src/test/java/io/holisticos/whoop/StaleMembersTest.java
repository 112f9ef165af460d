package io.holisticos.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StaleMembersTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final UserId BEN = new UserId("demo-ben");

    private final List<UserId> requested = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private StaleMembers members = new StaleMembers(this::request);

    @AfterEach
    void end() {
        open.countDown();
        members.stop();
    }

    @Test
    void aReaderDoesNotWaitForTheRequestAndAMemberInTheQueueIsRequestedOnce() throws Exception {
        members.report(ANNA);
        begun.await();

        members.report(BEN);
        members.report(BEN);
        members.report(BEN);
        open.countDown();

        awaitRequests(2);
        assertThat(requested).containsExactly(ANNA, BEN);
    }

    @Test
    void aMemberWhoseRequestWasMadeMayBeReportedAgain() {
        open.countDown();
        members.report(ANNA);
        awaitRequests(1);

        members.report(ANNA);

        awaitRequests(2);
    }

    @Test
    void theQueueIsBoundedAndWhoWasLeftOutIsTakenLater() throws Exception {
        members.report(ANNA);
        begun.await();
        for (int i = 0; i < StaleMembers.MAX_WAITING + 50; i++) {
            members.report(new UserId("member-" + i));
        }
        open.countDown();
        awaitRequests(1 + StaleMembers.MAX_WAITING);
        assertThat(requested).doesNotContain(new UserId("member-" + StaleMembers.MAX_WAITING));

        members.report(new UserId("member-" + StaleMembers.MAX_WAITING));

        awaitRequests(2 + StaleMembers.MAX_WAITING);
    }

    @Test
    void aRequestThatFailsDoesNotStopTheOthers() {
        members.stop();
        members = new StaleMembers(who -> {
            requested.add(who);
            if (who.equals(ANNA)) {
                throw new IllegalStateException("no database");
            }
        });

        members.report(ANNA);
        members.report(BEN);

        awaitRequests(2);
        assertThat(requested).containsExactly(ANNA, BEN);
    }

    private void request(UserId who) {
        requested.add(who);
        begun.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRequests(int count) {
        while (requested.size() < count) {
            Thread.onSpinWait();
        }
        assertThat(requested).hasSize(count);
    }
}
