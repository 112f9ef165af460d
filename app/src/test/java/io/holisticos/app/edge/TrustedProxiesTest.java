package io.holisticos.app.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose address counts, whatever a client writes into the headers of its proxies. */
class TrustedProxiesTest {

    private static final String PROXY = "10.0.0.7";
    private static final String REAL = "203.0.113.9";

    private static final List<String> PROXIES = List.of("10.0.0.0/8", "192.0.2.1", "fd00::/8");

    private final TrustedProxies proxies = new TrustedProxies(PROXIES, ForwardedHeader.X_FORWARDED_FOR);
    private final TrustedProxies standard = new TrustedProxies(PROXIES, ForwardedHeader.FORWARDED);

    @Test
    void nobodyButATrustedProxyIsBelieved() throws Exception {
        HttpFields told =
                HttpFields.build().add("X-Forwarded-For", "198.51.100.1").add("Forwarded", "for=198.51.100.1");

        assertThat(client(REAL, told)).isEqualTo(REAL);
        assertThat(new TrustedProxies(List.of(), ForwardedHeader.X_FORWARDED_FOR)
                        .clientOf(InetAddress.getByName(PROXY), told)
                        .getHostAddress())
                .isEqualTo(PROXY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9                                | 203.0.113.9",
                "203.0.113.9:4711                           | 203.0.113.9",
                "1.1.1.1, 203.0.113.9                       | 203.0.113.9",
                "1.1.1.1, 203.0.113.9, 10.1.1.1, 192.0.2.1  | 203.0.113.9",
                "203.0.113.9, 10.1.1.1                      | 203.0.113.9",
                "10.9.9.9, 10.1.1.1                         | 10.9.9.9",
                "[2001:db8::9]:4711                         | 2001:db8:0:0:0:0:0:9",
                "2001:db8::9, fd00::1                       | 2001:db8:0:0:0:0:0:9",
                "::ffff:203.0.113.9                         | 203.0.113.9",
                "unknown                                    | 10.0.0.7",
                "203.0.113.9, unknown                       | 10.0.0.7",
                "203.0.113.9, _hidden, 10.1.1.1             | 10.1.1.1",
                "203.0.113.9,                               | 10.0.0.7",
                "localhost                                  | 10.0.0.7",
                "203.0.113.999                              | 10.0.0.7",
                "0x7f.1                                     | 10.0.0.7",
            })
    void hopsAreReadFromTheRightThroughTrustedOnesOnly(String header, String expected) throws Exception {
        assertThat(client(PROXY, HttpFields.build().add("X-Forwarded-For", header)))
                .isEqualTo(expected);
    }

    @Test
    void aSecondLineOfTheHeaderStandsBehindTheFirst() throws Exception {
        HttpFields lines = HttpFields.build().add("X-Forwarded-For", "1.1.1.1").add("X-Forwarded-For", REAL);

        assertThat(client(PROXY, lines)).isEqualTo(REAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=203.0.113.9",
                "For=\"203.0.113.9:4711\";proto=https;by=10.0.0.7",
                "proto=http; for=203.0.113.9",
                "for=1.1.1.1, for=203.0.113.9;host=health.example.com, for=10.1.1.1",
                "for=1.1.1.1;host=\"x, for=203.0.113.9;by=\"_p\"", // a quote that the client left open
            })
    void theStandardHeaderSaysTheSame(String header) throws Exception {
        assertThat(client(standard, HttpFields.build().add("Forwarded", header)))
                .isEqualTo(REAL);
    }

    @Test
    void aHeaderThatTheProxyOnlyPassesOnIsNotRead() throws Exception {
        HttpFields both = HttpFields.build()
                .add("X-Forwarded-For", REAL)
                .add("Forwarded", "for=1.1.1.1;proto=https")
                .add("X-Forwarded-Proto", "http");
        HttpFields forged = HttpFields.build().add("Forwarded", "for=1.1.1.1;proto=https");
        HttpFields forgedForStandard =
                HttpFields.build().add("X-Forwarded-For", "1.1.1.1").add("X-Forwarded-Proto", "https");

        assertThat(client(PROXY, both)).isEqualTo(REAL);
        assertThat(proxies.sayHttps(InetAddress.getByName(PROXY), both)).isFalse();
        assertThat(client(PROXY, forged)).isEqualTo(PROXY);
        assertThat(proxies.sayHttps(InetAddress.getByName(PROXY), forged)).isFalse();
        assertThat(client(standard, both)).isEqualTo("1.1.1.1");
        assertThat(standard.sayHttps(InetAddress.getByName(PROXY), both)).isTrue();
        assertThat(client(standard, forgedForStandard)).isEqualTo(PROXY);
        assertThat(standard.sayHttps(InetAddress.getByName(PROXY), forgedForStandard))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,true",
        "192.0.2.1,true",
        "::1,true",
        "fd00::/8,true",
        "localhost,false",
        "proxy.example.com/8,false",
        "10.0.0.0/33,false",
        "10.0.0.0/,false",
        "10.0.0,false",
        "*,false",
        "'',false"
    })
    void onlyAddressesAndRangesAreTaken(String setting, boolean taken) {
        assertThat(TrustedProxies.isRange(setting)).isEqualTo(taken);
    }

    private static String client(TrustedProxies believed, HttpFields headers) throws UnknownHostException {
        return believed.clientOf(InetAddress.getByName(PROXY), headers).getHostAddress();
    }

    private String client(String socket, HttpFields headers) throws UnknownHostException {
        return proxies.clientOf(InetAddress.getByName(socket), headers).getHostAddress();
    }
}
