package io.holisticos.notice;

/** Receives the notices of one topic, one after the other, some of them more than once. */
public interface NoticeListener {

    /** The thing with this key may have changed. */
    void changed(String key);

    /** Notices may have been missed, so anything of the topic may have changed. */
    void missed();
}
