package io.holisticos.twins.whoop;

import io.holisticos.twins.http.Reply;
import io.holisticos.twins.world.Person;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The page on which a member decides. Works without JavaScript; the first button of its only form allows access. */
record ConsentPage(String action, String challenge, Set<String> scopes, long preselected, Set<Long> connected) {
    private static final int RADIOS = 12; // a longer list is easier to use as a select
    private static final Map<String, String> MEANINGS = Map.of(
            Scopes.OFFLINE, "Stay connected when you are away",
            Scopes.RECOVERY, "Recovery: score, heart rate variability, resting heart rate",
            Scopes.CYCLES, "Physiological cycles: day strain and heart rate",
            Scopes.WORKOUT, "Workouts: strain, heart rate, distance",
            Scopes.SLEEP, "Sleep: stages, duration, performance",
            Scopes.PROFILE, "Profile: name and e-mail",
            Scopes.BODY, "Body measurements: height, weight, maximum heart rate");
    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title>
            <style>
            :root { color-scheme: light dark; --ink: #14181f; --paper: #fff; --back: #eef1f5; --line: #d5dbe3; --act: #0b6b5c; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e9edf2; --paper: #1b2027; --back: #101318; --line: #38414d; --act: #2fb39c; }
            }
            * { box-sizing: border-box; }
            body { margin: 0; padding: 1.5rem 1rem; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
            main { max-width: 34rem; margin: 0 auto; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
            h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
            ul { padding-left: 1.2rem; }
            fieldset { margin: 1rem 0; padding: .5rem 1rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
            .member { display: flex; gap: .75rem; align-items: baseline; padding: .35rem 0; }
            .member small { opacity: .75; }
            select { width: 100%; padding: .6rem; font: inherit; }
            .acts { display: flex; flex-wrap: wrap; gap: .75rem; }
            button { flex: 1 1 10rem; min-height: 44px; padding: .6rem 1rem; border: 1px solid var(--act); border-radius: 8px; font: inherit; font-weight: 600; cursor: pointer; background: transparent; color: inherit; }
            button.yes { background: var(--act); color: #fff; }
            button:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
            footer { max-width: 34rem; margin: 1rem auto 0; font-size: .85rem; opacity: .75; text-align: center; }
            @media (prefers-color-scheme: dark) { button.yes { color: #06231e; } }
            </style>
            </head>
            <body>
            <main>
            {body}
            </main>
            <footer>A simulator for development. No account, password or health data here is real.</footer>
            </body>
            </html>
            """;

    /** The page for those members. */
    Reply show(List<Person> members) {
        String requested = scopes.stream()
                .map(scope -> "<li>" + escaped(MEANINGS.getOrDefault(scope, scope)) + "</li>")
                .collect(Collectors.joining("\n"));
        String body = """
                <h1>Connect WHOOP</h1>
                <p>An application asks to read your WHOOP data:</p>
                <ul>
                %s
                </ul>
                <form method="post" action="%s">
                <input type="hidden" name="challenge" value="%s">
                <fieldset>
                <legend>Sign in as</legend>
                %s
                </fieldset>
                <div class="acts">
                <button class="yes" type="submit" name="decision" value="allow">Allow access</button>
                <button type="submit" name="decision" value="decline">Decline</button>
                </div>
                </form>""".formatted(requested, escaped(action), escaped(challenge), choices(members));
        return page(200, "Connect WHOOP", body);
    }

    /** The page for requests that must not be redirected. */
    static Reply problem(int status, OAuthError error) {
        String body = """
                <h1>This request cannot go on</h1>
                <p><code>%s</code></p>
                <p>%s</p>
                <p>%s</p>""".formatted(escaped(error.error()), escaped(error.description()), escaped(error.hint()));
        return page(status, "Request refused", body);
    }

    /** The page of an application that has as many members as its tier allows. */
    static Reply full() {
        String text = "This app has reached its user limit and must be approved before you can integrate.";
        return page(403, "User limit reached", "<h1>User limit reached</h1>\n<p>" + text + "</p>");
    }

    private String choices(List<Person> members) {
        if (members.size() <= RADIOS) {
            return members.stream().map(this::radio).collect(Collectors.joining("\n"));
        }
        return members.stream()
                .map(this::option)
                .collect(Collectors.joining("\n", "<select name=\"member\" aria-label=\"Member\">\n", "\n</select>"));
    }

    private String radio(Person member) {
        return """
                <label class="member"><input type="radio" name="member" value="%d"%s><span>%s<br><small>%s</small></span></label>""".formatted(
                        member.whoopUserId(),
                        member.whoopUserId() == preselected ? " checked" : "",
                        escaped(name(member)),
                        escaped(note(member)));
    }

    private String option(Person member) {
        return "<option value=\"%d\"%s>%s</option>"
                .formatted(
                        member.whoopUserId(),
                        member.whoopUserId() == preselected ? " selected" : "",
                        escaped(name(member) + " (" + note(member) + ")"));
    }

    private static String name(Person member) {
        return member.identity().firstName() + " " + member.identity().lastName();
    }

    private String note(Person member) {
        String already = connected.contains(member.whoopUserId()) ? ", connected" : "";
        return member.identity().email() + already;
    }

    private static Reply page(int status, String title, String body) {
        return Reply.text(
                        status,
                        "text/html;charset=UTF-8",
                        PAGE.replace("{title}", escaped(title)).replace("{body}", body))
                .with("Cache-Control", "no-store")
                .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
