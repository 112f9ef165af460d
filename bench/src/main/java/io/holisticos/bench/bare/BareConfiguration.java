package io.holisticos.bench.bare;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import io.dropwizard.db.DataSourceFactory;

/** Of the bare service. */
public final class BareConfiguration extends Configuration {

    @JsonProperty
    DataSourceFactory database = new DataSourceFactory();

    @JsonProperty
    String key = "";
}
