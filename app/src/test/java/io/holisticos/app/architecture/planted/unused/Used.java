package io.holisticos.app.architecture.planted.unused;

/** Has one of each kind that nobody uses, beside one that somebody uses. */
final class Used implements Runnable {

    static final String NAME_USED = "used";
    static final String NAME_LEFT = "left";

    private final StringBuilder written = new StringBuilder();
    private int onlySet;

    record Pair(String read, String neverRead) {}

    public static void main(String[] arguments) {
        Used used = new Used();
        used.run();
        used.called(new Pair(arguments[0], Caller.nameOf()));
        java.util.stream.Stream.of("a").forEach(used::referenced);
    }

    @Override
    public void run() {
        written.append("overrides");
        onlySet = 1;
    }

    void called(Pair pair) {
        written.append(pair.read());
    }

    void referenced(String text) {
        written.append(text);
    }

    void neverCalled(int times) {
        if (times > 0) {
            neverCalled(times - 1);
        }
    }
}
