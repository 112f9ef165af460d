package io.holisticos.health;

/** Hears whose answers may be other ones from now on. Called on any thread, at once and more often than needed; must not throw. */
public interface MemberListener {

    /** Something of this person changed. */
    void changed(UserId who);

    /** Changes may have been missed, so anything of anybody may be another one. */
    void anybodyChanged();
}
