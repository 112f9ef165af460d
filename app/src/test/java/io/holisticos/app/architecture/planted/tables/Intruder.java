package io.holisticos.app.architecture.planted.tables;

/** Names tables of others in each way there is. */
final class Intruder {

    private Intruder() {}

    /** A constant of another class is copied into this one. */
    static String copied() {
        return OwnerStore.HANDED_OUT + "select 1";
    }

    /** The parts of a concatenated text are one constant with gaps. */
    static String concatenated(String id) {
        return "delete from planted_score where id = '" + id + "'";
    }

    /** A table's name as data. */
    static String named() {
        return "planted_kind";
    }

    static String readByFile() {
        return "planted.sql";
    }

    static String readByName() {
        return readByName("by-name");
    }

    private static String readByName(String name) {
        return "/io/holisticos/app/architecture/planted/tables/" + name + ".sql";
    }

    static String withAGap() {
        return "select count(*) from planted_{kind} where true";
    }
}
