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

    private final TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8", "192.0.2.1", "fd00::/8"));

    @Test
    void nobodyButATrustedProxyIsBelieved() throws Exception {
        HttpFields told =
                HttpFields.build().add("X-Forwarded-For", "198.51.100.1").add("Forwarded", "for=198.51.100.1");

        assertThat(client(REAL, told)).isEqualTo(REAL);
        assertThat(new TrustedProxies(List.of())
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
        assertThat(client(PROXY, HttpFields.build().add("Forwarded", header))).isEqualTo(REAL);
    }

    @Test
    void aHeaderThatTheProxyOnlyPassedOnIsNotPreferredToItsOwn() throws Exception {
        HttpFields agreeing = HttpFields.build().add("X-Forwarded-For", REAL).add("Forwarded", "for=" + REAL);
        HttpFields forged = HttpFields.build().add("X-Forwarded-For", REAL).add("Forwarded", "for=1.1.1.1");

        assertThat(client(PROXY, agreeing)).isEqualTo(REAL);
        assertThat(client(PROXY, forged)).isEqualTo(PROXY);
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

    private String client(String socket, HttpFields headers) throws UnknownHostException {
        return proxies.clientOf(InetAddress.getByName(socket), headers).getHostAddress();
    }
}
