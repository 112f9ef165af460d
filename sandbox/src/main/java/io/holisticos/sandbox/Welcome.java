package io.holisticos.sandbox;

/** What the person sees when everything runs: addresses, members, and commands to copy. */
final class Welcome {

    private Welcome() {}

    static String text(SandboxOptions options, String app, String key) {
        return """

                Front door  %1$s/sandbox    members, links, a button for each thing worth trying

                App         %1$s            API           %1$s/docs
                Admin port  http://localhost:%3$d            metrics, healthcheck, flags
                WHOOP twin  http://localhost:%4$d            Sahha twin  http://localhost:%5$d

                Service key %2$s (header X-API-Key, every scope)
                Members     their own tokens (header Authorization: Bearer) by the Sahha twin, see below
                WHOOP app   sandbox-client / sandbox-client-secret

                demo-anna   both sources           demo-ben   Sahha; his WHOOP account waits for consent
                demo-chen   needs new consent      demo-dina  travels      demo-eve  WHOOP only

                  curl '%1$s/api/v1/health-metrics/overview?profile_id=demo-anna'
                  curl -H 'X-API-Key: %2$s' %1$s/api/v1/unified-health/overview/demo-anna
                  curl http://localhost:%5$d/_twin/token -d '{"sub":"demo-anna"}'
                  curl -X POST -H 'X-API-Key: %2$s' %1$s/api/v1/unified-health/connect/whoop/demo-ben
                  curl -X PUT -H 'X-API-Key: %2$s' http://localhost:%3$d/flags/WHOOP_INTEGRATION -d '{"enabled":false}'
                  curl -X POST http://localhost:%4$d/_twin/clock -d '{"advance":"PT6H"}'

                Ctrl-C ends everything.
                """.formatted(app, key, options.adminPort(), options.whoopPort(), options.sahhaPort());
    }
}
