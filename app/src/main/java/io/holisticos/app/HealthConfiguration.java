package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import io.dropwizard.db.DataSourceFactory;
import io.holisticos.app.admin.hystrix.HystrixConfiguration;
import io.holisticos.sahha.SahhaConfiguration;
import io.holisticos.unified.UnifiedConfiguration;
import io.holisticos.vault.VaultConfiguration;
import io.holisticos.whoop.WhoopConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** {@code config.yml}, section by section. */
public final class HealthConfiguration extends Configuration {

    /** Where browsers reach us, without a slash at the end. */
    @NotNull
    @Pattern(regexp = "https?://[^/\\s]+", message = "must be like https://health.example.com, without a path")
    @JsonProperty
    String publicUrl = "";

    /** The entry point's database. */
    @Valid
    @NotNull
    @JsonProperty
    DataSourceFactory sahhaDatabase = new DataSourceFactory();

    /** WHOOP's database; never opened without WHOOP credentials. */
    @Valid
    @NotNull
    @JsonProperty
    DataSourceFactory whoopDatabase = new DataSourceFactory();

    @Valid
    @NotNull
    @JsonProperty
    VaultConfiguration vault = new VaultConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    AccessConfiguration access = new AccessConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    SahhaConfiguration sahha = new SahhaConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    WhoopConfiguration whoop = new WhoopConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    UnifiedConfiguration unified = new UnifiedConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    HystrixConfiguration hystrix = new HystrixConfiguration();
}
