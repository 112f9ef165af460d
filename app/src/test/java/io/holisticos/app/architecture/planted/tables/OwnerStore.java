package io.holisticos.app.architecture.planted.tables;

/** Owns {@code planted_score} and {@code scores}, by right. */
final class OwnerStore {

    static final String HANDED_OUT = "with told as (insert into planted_told (id) values (:id)) ";

    private static final String READ = """
            select id -- and not planted_other
            from planted_score where id = :id""";

    String read() {
        return READ + " union all select id from scores";
    }
}
