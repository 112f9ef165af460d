import com.fasterxml.jackson.core.JsonProcessingException;
import io.holisticos.client.ApiClient;
import io.holisticos.client.ApiException;
import io.holisticos.client.api.UnifiedHealthApi;
import io.holisticos.client.model.DayAnswer;
import io.holisticos.client.model.Missing;

/** Reads an overview with the generated client, as a backend would. */
public final class Overview {

    public static void main(String[] arguments) throws ApiException, JsonProcessingException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        client.setRequestInterceptor(request -> request.header("X-API-Key", "sandbox-key"));
        UnifiedHealthApi api = new UnifiedHealthApi(client);
        DayAnswer day = api.getUnifiedOverview("demo-anna", null, null, null);
        if (!"bpm".equals(day.getMetrics().get("heart_rate.resting").getUnit()) || !day.getEnhancedWithWhoop()) {
            throw new IllegalStateException("no resting heart rate of both sources");
        }
        try {
            api.getUnifiedOverview("nobody-by-this-id", null, null, null);
            throw new IllegalStateException("nobody was known");
        } catch (ApiException refused) {
            if (refused.getCode() != 404) {
                throw refused;
            }
        }
        Missing newer = client.getObjectMapper().readValue(
                "{\"metric\":\"steps\",\"reason\":\"a_newer_word\",\"a_newer_field\":1}", Missing.class);
        if (newer.getReason() != Missing.ReasonEnum.UNKNOWN_DEFAULT_OPEN_API) {
            throw new IllegalStateException("a newer word was taken for " + newer.getReason());
        }
        System.out.println("Java: " + day.getMetrics().size() + " metrics read");
    }
}
