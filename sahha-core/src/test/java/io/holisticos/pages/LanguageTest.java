package io.holisticos.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none,                              ENGLISH",
                "'',                                ENGLISH",
                "de,                                GERMAN",
                "DE-at,                             GERMAN",
                "'de-CH,de;q=0.9,en;q=0.8',         GERMAN",
                "'en-GB,en;q=0.9,de;q=0.8',         ENGLISH",
                "'fr,de;q=0.5,en;q=0.4',            GERMAN",
                "'en;q=0.1,de;q=0.9',               GERMAN",
                "'de;q=0,en',                       ENGLISH",
                "'de;q=0',                          ENGLISH",
                "'*,de;q=0.5',                      ENGLISH",
                "'fr,*;q=0.1',                      ENGLISH",
                "fr,                                ENGLISH",
                "'de;q=many',                       ENGLISH",
                "';;;',                             ENGLISH",
                "'<script>',                        ENGLISH",
                "-,                                 ENGLISH",
                "--,                                ENGLISH",
                "'de,-',                            ENGLISH"
            })
    void aBrowserIsAnsweredInTheLanguageThatItLikesBestOfOurs(String header, Language expected) {
        assertThat(Language.wantedBy(header)).isEqualTo(expected);
    }

    @Test
    void aHeaderThatNoBrowserWouldSendSaysNothing() {
        assertThat(Language.wantedBy("de" + ",fr;q=0.1".repeat(20))).isEqualTo(Language.GERMAN);
        assertThat(Language.wantedBy("de" + ",fr;q=0.1".repeat(23))).isEqualTo(Language.ENGLISH);
    }
}
