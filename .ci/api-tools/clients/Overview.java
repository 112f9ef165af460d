import io.holisticos.client.ApiClient;
import io.holisticos.client.ApiException;
import io.holisticos.client.api.UnifiedHealthApi;
import io.holisticos.client.model.DayAnswer;

/** Reads an overview with the generated client, as a backend would. */
public final class Overview {

    public static void main(String[] arguments) throws ApiException {
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
        System.out.println("Java: " + day.getMetrics().size() + " metrics read");
    }
}
