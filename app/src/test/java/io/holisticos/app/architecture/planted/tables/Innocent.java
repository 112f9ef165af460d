package io.holisticos.app.architecture.planted.tables;

/** Uses the same words for other things. */
final class Innocent {

    private Innocent() {}

    static String path() {
        return "/api/v1/sahha/scores";
    }

    static String event() {
        return "event=planted_score_saved";
    }

    static String text() {
        return "select from several scores in the list";
    }
}
