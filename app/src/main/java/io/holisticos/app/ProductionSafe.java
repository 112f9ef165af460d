package io.holisticos.app;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration without anything that only a sandbox may have, unless {@code deployment} is {@code sandbox}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ProductionSafe.Rules.class)
@interface ProductionSafe {

    String message() default "breaks a rule of production";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** All rules of a production deployment. */
    final class Rules implements ConstraintValidator<ProductionSafe, HealthConfiguration> {

        private static final int KEY_LENGTH = 32;

        /** Secrets that are public: in .env.example, the README, the sandbox and the twins. */
        private static final Set<String> SAMPLES = Set.of(
                "change-me",
                "changeme",
                "sandbox-key",
                "sandbox-client",
                "sandbox-client-secret",
                "sandbox-sahha-client",
                "sandbox-sahha-secret",
                "sandbox-sahha-webhook-secret",
                "YSBrZXkgZm9yIHN5bnRoZXRpYyBwZW9wbGUgb25seS4=", // the sandbox's vault key
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");

        private static final String UNLESS = "; only deployment: sandbox may";

        @Override
        public boolean isValid(HealthConfiguration all, ConstraintValidatorContext context) {
            if (!all.isForProduction()) {
                return true;
            }
            List<String> broken = broken(all);
            context.disableDefaultConstraintViolation();
            broken.forEach(
                    rule -> context.buildConstraintViolationWithTemplate(rule).addConstraintViolation());
            return broken.isEmpty();
        }

        private static List<String> broken(HealthConfiguration all) {
            List<String> broken = new ArrayList<>();
            int length = all.access.serviceKey.length();
            if (length > 0 && length < KEY_LENGTH) {
                broken.add("access.serviceKey (SERVICE_KEY) must have at least " + KEY_LENGTH
                        + " characters (openssl rand -hex 24)" + UNLESS + " have shorter ones");
            }
            secrets(all).forEach((name, secret) -> {
                if (SAMPLES.contains(secret.strip())) {
                    broken.add(name + " holds a sample value that anybody can read" + UNLESS);
                }
            });
            if (!all.publicUrl.toLowerCase(Locale.ROOT).startsWith("https://")) {
                broken.add("publicUrl (PUBLIC_URL) must begin with https://: codes of members come back to it" + UNLESS
                        + " use http");
            }
            targets(all).forEach((name, target) -> {
                if (!isElsewhere(target)) {
                    broken.add(name + " must be an https address of another machine: credentials are sent there"
                            + UNLESS + " call twins");
                }
            });
            if (all.whoop.isConfigured()) {
                all.whoop.ownAddressesByPath().forEach((name, address) -> {
                    if (!isElsewhere(address)) {
                        broken.add(name + " must be the https address by which browsers of members reach us: codes come"
                                + " back to it" + UNLESS + " use http");
                    }
                });
            }
            all.access.jwt.keysAddress().ifPresent(keys -> {
                if (!"https".equalsIgnoreCase(keys.getScheme()) && !isLoopback(keys.getHost())) {
                    broken.add(
                            "access.jwt.jwksUrl (JWT_JWKS_URL) must begin with https://: whoever can change the keys on"
                                    + " their way signs in as any member" + UNLESS + " fetch them without");
                }
            });
            return broken;
        }

        private static Map<String, String> secrets(HealthConfiguration all) {
            Map<String, String> secrets = new LinkedHashMap<>();
            secrets.put("access.serviceKey (SERVICE_KEY)", all.access.serviceKey);
            secrets.put("sahhaDatabase.password (SAHHA_DATABASE_PASSWORD)", text(all.sahhaDatabase.getPassword()));
            secrets.putAll(all.vault.keysByPath());
            secrets.putAll(all.sahha.secretsByPath());
            if (all.whoop.isConfigured()) {
                secrets.put("whoopDatabase.password (WHOOP_DATABASE_PASSWORD)", text(all.whoopDatabase.getPassword()));
                secrets.putAll(all.whoop.secretsByPath());
            }
            return secrets;
        }

        private static Map<String, URI> targets(HealthConfiguration all) {
            Map<String, URI> targets = new LinkedHashMap<>();
            targets.put("sahha.baseUrl (SAHHA_URL)", all.sahha.baseUrl());
            if (all.whoop.isConfigured()) {
                targets.putAll(all.whoop.targetsByPath());
            }
            return targets;
        }

        private static boolean isElsewhere(URI address) {
            return "https".equalsIgnoreCase(address.getScheme()) && !isLoopback(address.getHost());
        }

        private static String text(@Nullable String text) {
            return text == null ? "" : text;
        }

        /** Judged by its spelling, because host names are not resolved while the configuration is read. */
        private static boolean isLoopback(@Nullable String host) {
            if (host == null) {
                return true;
            }
            String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|\\]$|\\.$", "");
            return name.equals("localhost")
                    || name.endsWith(".localhost")
                    || name.equals("::1")
                    || name.equals("0:0:0:0:0:0:0:1")
                    || name.equals("0.0.0.0")
                    || name.equals("::")
                    || name.startsWith("::ffff:127.")
                    || name.matches("127(\\.\\d+){0,3}|2130706433|0x7f.*");
        }
    }
}
