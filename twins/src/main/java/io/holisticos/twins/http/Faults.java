package io.holisticos.twins.http;

import io.holisticos.twins.world.Dice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The fault rules in force. The oldest rule that applies wins. Safe for any number of threads. */
public final class Faults {
    private final Dice chance;
    private final Set<FaultKind> understood;
    private final List<Armed> rules = new ArrayList<>();
    private long added;

    Faults(long seed, Set<FaultKind> understood) {
        this.chance = Dice.of(seed);
        this.understood = Set.copyOf(understood);
    }

    /** Puts a rule in force. */
    public synchronized void add(FaultRule rule) {
        if (!understood.contains(rule.kind())) {
            throw new IllegalArgumentException(
                    "this twin does not support kind '" + rule.kind().word() + "'");
        }
        rules.add(new Armed(rule, chance.at("fault", added++)));
    }

    /** Removes all rules. */
    public synchronized void clear() {
        rules.clear();
    }

    /** The rules in force, oldest first, without those that are used up. */
    public synchronized List<FaultRule> rules() {
        return rules.stream().map(armed -> armed.rule).toList();
    }

    /** The rule that applies to this call, if any; a rule with a count is used up once more. */
    public synchronized Optional<FaultRule> take(String path, Set<FaultKind> kinds) {
        Optional<Armed> chosen = rules.stream()
                .filter(armed -> kinds.contains(armed.rule.kind()))
                .filter(armed -> path.startsWith(armed.rule.path()))
                .filter(armed -> armed.dice.chance(armed.rule.probability()))
                .findFirst();
        chosen.filter(Armed::useUp).ifPresent(rules::remove);
        return chosen.map(armed -> armed.rule);
    }

    private static final class Armed {
        private final FaultRule rule;
        private final Dice dice;
        private int used;

        private Armed(FaultRule rule, Dice dice) {
            this.rule = rule;
            this.dice = dice;
        }

        /** Counts one use; true when it was the last. */
        private boolean useUp() {
            used++;
            Integer count = rule.count();
            return count != null && used >= count;
        }
    }
}
