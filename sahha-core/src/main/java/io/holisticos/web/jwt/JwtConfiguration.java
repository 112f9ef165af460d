package io.holisticos.web.jwt;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.nimbusds.jose.JWSAlgorithm;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.outbound.WebAddress;
import io.holisticos.web.Scope;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Section {@code access.jwt}: whose tokens of members are taken, and what they say. Off without an issuer. */
public final class JwtConfiguration {

    /** Signatures by a private key that only the issuer has. Whoever can check an HMAC can make one. */
    private static final Set<String> SIGNATURES =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    private static final String ONE_WORD = "|[\\x21-\\x7e]{1,500}";

    /** Claim {@code iss}, to the letter; empty for no tokens of members. */
    @NotNull
    @Pattern(regexp = ONE_WORD, message = "must be empty or one word of at most 500 characters")
    @JsonProperty
    String issuer = "";

    /** What claim {@code aud} must be, or hold, to the letter. */
    @NotNull
    @Pattern(regexp = ONE_WORD, message = "must be empty or one word of at most 500 characters")
    @JsonProperty
    String audience = "";

    /** Where the issuer publishes its keys, as a JSON Web Key Set. */
    @NotNull
    @JsonProperty
    String jwksUrl = "";

    /** Which signatures are taken. */
    @NotEmpty
    @JsonProperty
    Set<@NotNull String> algorithms = Set.of("RS256", "ES256");

    /** The claim that holds the member's id, as our callers name the member. */
    @NotNull
    @Pattern(regexp = "[\\x21-\\x7e]{1,200}", message = "must be the name of a claim")
    @JsonProperty
    String memberClaim = "sub";

    /** The claim that lists scopes, as words in one text or as a list of texts; empty: a token has every scope of members. */
    @NotNull
    @Pattern(regexp = "|[\\x21-\\x7e]{1,200}", message = "must be empty or the name of a claim")
    @JsonProperty
    String scopeClaim = "";

    /** By word of that claim, the scopes of ours that it gives. */
    @NotNull
    @JsonProperty
    Map<@NotNull String, @NotNull List<@NotNull String>> scopes = Map.of();

    /**
     * How strongly the member must have signed in: in each of these claims, a text or a list of texts, one of the words. Empty:
     * however the issuer lets them.
     */
    @NotNull
    @JsonProperty
    Map<@NotNull String, @NotNull @NotEmpty List<@NotNull String>> required = Map.of();

    /** How often the issuer's keys are fetched again. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MINUTES)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    @JsonProperty
    Duration refreshEvery = Duration.minutes(5);

    /** How long keys are trusted that cannot be fetched again. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.HOURS)
    @MaxDuration(value = 7, unit = TimeUnit.DAYS)
    @JsonProperty
    Duration keepFor = Duration.hours(6);

    /** How the keys are fetched. */
    @Valid
    @NotNull
    @JsonProperty
    OutboundConfiguration outbound = new OutboundConfiguration();

    @JsonIgnore
    public boolean isOn() {
        return !issuer.isEmpty();
    }

    public OutboundConfiguration outbound() {
        return outbound;
    }

    /** Where the issuer publishes its keys; empty without an issuer. */
    public Optional<URI> keysAddress() {
        return isOn() ? Optional.of(URI.create(jwksUrl)) : Optional.empty();
    }

    Set<JWSAlgorithm> signatures() {
        return algorithms.stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet());
    }

    @JsonIgnore
    @ValidationMethod(
            message = "access.jwt: issuer, audience and jwksUrl (JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL) are needed"
                    + " together, or all three must be empty")
    public boolean isWhole() {
        return isOn() ? !audience.isEmpty() && !jwksUrl.isEmpty() : audience.isEmpty() && jwksUrl.isEmpty();
    }

    @JsonIgnore
    @ValidationMethod(
            message = "access.jwt.jwksUrl (JWT_JWKS_URL) must be an address like"
                    + " https://issuer.example.com/.well-known/jwks.json, without a query")
    public boolean isKeysAddressUsable() {
        try {
            return jwksUrl.isEmpty() || WebAddress.isUsable(URI.create(jwksUrl));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @JsonIgnore
    @ValidationMethod(
            message = "access.jwt.algorithms may name RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512:"
                    + " signatures that only the issuer can make")
    public boolean isEverySignatureTheIssuersAlone() {
        return SIGNATURES.containsAll(algorithms);
    }

    @JsonIgnore
    @ValidationMethod(message = "access.jwt.scopeClaim and access.jwt.scopes are needed together, or neither")
    public boolean isScopeClaimUsed() {
        return scopeClaim.isEmpty() == scopes.isEmpty();
    }

    @JsonIgnore
    @ValidationMethod(
            message = "access.jwt.scopes may give what members may: health:read, preferences:write and connect")
    public boolean isEveryScopeOfMembers() {
        Set<String> given = new HashSet<>();
        scopes.values().forEach(given::addAll);
        return Scope.OF_MEMBERS.containsAll(given);
    }
}
