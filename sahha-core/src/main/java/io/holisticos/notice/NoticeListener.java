package io.holisticos.notice;

/** Hears the notices of one topic, one after the other, some of them more than once. */
public interface NoticeListener {

    /** This one may have changed. */
    void changed(String key);

    /** Notices may have been missed: anything of the topic may have changed. */
    void missed();
}
