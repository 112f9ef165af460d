package io.holisticos.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;

/** An identity provider as a test wants it: signs whatever it is given, also what no provider would. */
public final class TokenIssuer {

    public static final String ISSUER = "https://issuer.example.test/";
    public static final String AUDIENCE = "unified-health-test";

    private final ECKey ec;
    private final RSAKey rsa;

    /** @param name begins the ids of its keys */
    public TokenIssuer(String name) {
        try {
            this.ec = new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyID(name + "-ec")
                    .generate();
            this.rsa = new RSAKeyGenerator(2048)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyID(name + "-rsa")
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public ECKey ec() {
        return ec;
    }

    public RSAKey rsa() {
        return rsa;
    }

    /** Its public keys. */
    public JWKSet keys() {
        return new JWKSet(List.of(ec.toPublicJWK(), rsa.toPublicJWK()));
    }

    /** What an honest token says: good for an hour. */
    public static JWTClaimsSet.Builder claims(String subject, Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject(subject)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(3_600)));
    }

    /** An honest token. */
    public String token(String subject, Instant now) {
        return sign(claims(subject, now));
    }

    /** By its elliptic key. */
    public String sign(JWTClaimsSet.Builder claims) {
        return sign(header().build(), claims, ec);
    }

    public JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(ec.getKeyID());
    }

    /** By any key, whatever the header says of it. */
    public static String sign(JWSHeader header, JWTClaimsSet.Builder claims, JWK key) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims.build());
            jwt.sign(signer(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWSSigner signer(JWK key) throws JOSEException {
        if (key instanceof ECKey elliptic) {
            return new ECDSASigner(elliptic);
        }
        return key instanceof RSAKey big ? new RSASSASigner(big) : new MACSigner((OctetSequenceKey) key);
    }

    /** A token of texts that no library would put together. */
    public static String raw(String header, String payload, byte[] signature) {
        return encoded(header) + '.' + encoded(payload) + '.' + Base64URL.encode(signature);
    }

    /** The same token with another signature. */
    public static String withSignature(String token, byte[] signature) {
        return token.substring(0, token.lastIndexOf('.') + 1) + Base64URL.encode(signature);
    }

    /** The same signature under other claims. */
    public static String withPayload(String token, JWTClaimsSet.Builder claims) {
        String[] parts = token.split("\\.");
        return parts[0] + '.' + encoded(claims.build().toString()) + '.' + parts[2];
    }

    /** As wide as this algorithm's signatures, and nothing but zeros. */
    public static byte[] zeros(int length) {
        byte[] zeros = new byte[length];
        Arrays.fill(zeros, (byte) 0);
        return zeros;
    }

    private static String encoded(String text) {
        return Base64URL.encode(text.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
