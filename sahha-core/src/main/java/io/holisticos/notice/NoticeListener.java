package io.holisticos.notice;

/** Receives the notices of one topic, some of them more than once. Thread-safe: a change of this process is told by whoever made it. */
public interface NoticeListener {

    /** The thing with this key may have changed. */
    void changed(String key);

    /** Notices may have been missed, so anything of the topic may have changed. */
    void missed();
}
