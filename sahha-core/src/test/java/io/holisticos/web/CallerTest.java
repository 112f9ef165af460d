package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallerTest {

    private static final UserId ANNA = new UserId("anna");
    private static final Caller SERVICE = Caller.ofKey("an-id", "a dashboard", Set.of(Scope.HEALTH_READ));
    private static final Caller MEMBER = Caller.ofMember(ANNA, Set.of(Scope.HEALTH_READ, Scope.CONNECT));

    @Test
    void aServiceMaySeeEverybodyAndIsNobody() {
        assertThat(SERVICE.member()).isEmpty();
        assertThat(SERVICE.maySee(ANNA)).isTrue();
        assertThat(SERVICE.isCalled("anna")).isFalse();
        assertThat(SERVICE.getName()).isEqualTo("a dashboard");
    }

    @Test
    void aMemberMaySeeThemselvesOnly() {
        assertThat(MEMBER.member()).contains(ANNA);
        assertThat(MEMBER.maySee(ANNA)).isTrue();
        assertThat(MEMBER.maySee(new UserId("ben"))).isFalse();
        assertThat(MEMBER.isCalled("anna")).isTrue();
        assertThat(MEMBER.isCalled("Anna")).isFalse();
    }

    @Test
    void whatTellsCallersApartIsTheKeyOrTheMember() {
        Caller another = Caller.ofKey("another-id", "a dashboard", Set.of(Scope.HEALTH_READ));

        assertThat(SERVICE.id()).isEqualTo("an-id").isNotEqualTo(another.id());
        assertThat(MEMBER.id()).isEqualTo("anna");
    }

    @Test
    void aCallerOfFewerScopesIsTheSameCaller() {
        Caller narrowed = MEMBER.with(Set.of(Scope.HEALTH_READ));

        assertThat(narrowed.may(Scope.HEALTH_READ)).isTrue();
        assertThat(narrowed.may(Scope.CONNECT)).isFalse();
        assertThat(narrowed.id()).isEqualTo(MEMBER.id());
        assertThat(SERVICE.with(Set.of()).id()).isEqualTo("an-id");
    }

    @Test
    void aRequestIsNamedByItsCallerAndNotByTheMembersId() {
        RequestContext request = RequestContext.arriving(name -> null);
        try (RequestContext.Binding bound = request.bind()) {
            MEMBER.nameInRequest();
        }

        assertThat(request.caller()).isEqualTo(Caller.MEMBER);
        assertThat(request.callerId()).isEqualTo("anna");
        assertThat(MEMBER.toString()).contains(Caller.MEMBER).doesNotContain("anna");
    }
}
