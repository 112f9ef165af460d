package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.custody.CustodySetup;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SecretsTest {

    @Test
    void nothingThatHoldsASecretPrintsIt() {
        URI address = URI.create("https://secret.example");
        assertThat(new Object[] {
                    new Consents.ConnectLink(address, "secret", null, Duration.ZERO),
                    new ConnectFlow.Started(CustodySetup.ANNA, address, address, "secret", Duration.ZERO),
                    new ConnectLinks.NextPage.AtWhoop(address, new Consents.BrowserState("secret", "secret", null)),
                    new ConnectLinks.LinkPage.Open("secret", "secret", ConnectLinks.Standing.NEW),
                    new ConnectResource.ConnectRequest("secret", "secret"),
                    new OAuthResource.InitiateRequest("u", "secret", "secret"),
                    new ConnectResource.ConnectAnswer("u", "secret", "secret", 1),
                    new OAuthResource.InitiateAnswer("u", "secret", "secret", 1, "secret"),
                    new OAuthResource.CallbackRequest("secret", "secret", true),
                    new ConsentStore.BegunConsent(
                            new byte[0],
                            new byte[0],
                            CustodySetup.ANNA,
                            "key",
                            address,
                            new byte[0],
                            new byte[0],
                            Instant.EPOCH,
                            null)
                })
                .allSatisfy(holder -> assertThat(holder.toString()).doesNotContain("secret"));
    }
}
