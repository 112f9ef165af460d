package io.holisticos.twins.sahha;

/**
 * A way in which Sahha was seen, or is documented, to differ from its usual answer. All are off by default.
 *
 * <p>Some quirks need no switch because the twin always behaves so: states that disagree with scores, float noise,
 * factors missing for members without a wearable, weekly rows inside a daily query, the same metric as biomarker,
 * factor and archetype, ignored misspelt parameters, an undecoded plus sign, and a new profile that stays silent for
 * hours and then has 14 days at once.
 */
public enum SahhaQuirk {
    /** Nothing to show is always 204, also when a filter excluded everything. */
    EMPTY_204,
    /** Nothing to show is always 200 with {@code []}. */
    EMPTY_LIST,
    /** Nothing to show is always 200 with no body at all. */
    EMPTY_200,
    /** {@code expiresIn} is text. */
    STRING_EXPIRES_IN,
    /** {@code expiresIn} says one hour although the token lives a day. */
    UNDERSTATED_EXPIRES_IN,
    /** 401 carries an error object instead of an empty body. */
    UNAUTHORIZED_WITH_BODY,
    /** {@code Bearer} is accepted by profile search and answered 500 elsewhere. */
    BEARER_IS_500,
    /** {@code Bearer} is as good as {@code account} everywhere. */
    BEARER_ACCEPTED,
    /** A bad refresh token is 401, as documented, instead of the measured 400. */
    REFRESH_FAILURE_401,
    /** 400 is the plain text {@code Bad Request}. */
    PLAIN_TEXT_400,
    /** A part of the scores has null {@code score} and {@code state}. */
    NULL_SCORES,
    /** A part of the factors has null value, score and state. */
    NULL_FACTORS,
    /** A part of the factors is left out. */
    MISSING_FACTORS,
    /** Every list of factors is empty. */
    EMPTY_FACTORS,
    /** Factors have no {@code id}. */
    FACTOR_WITHOUT_ID,
    /** A factor's {@code id} is its name. */
    FACTOR_ID_IS_NAME,
    /** The documentation's misprints: {@code sleep_contiuity} and {@code mintue}. */
    DOCUMENTED_TYPOS,
    /** {@code version} is 1.0. */
    DECIMAL_VERSION,
    /** {@code createdAtUtc} is called {@code createdAt}. */
    CREATED_AT_NAME,
    /** Creation times end in {@code Z}. */
    CREATED_AT_Z,
    /** Creation times carry the member's offset. */
    CREATED_AT_LOCAL_OFFSET,
    /** {@code scoreDateTime} has no offset. */
    SCORE_DATE_WITHOUT_OFFSET,
    /** {@code scoreDateTime} is the local midnight written with a {@code Z}. */
    SCORE_DATE_Z,
    /** Values that are times have seconds. */
    VALUE_TIME_WITH_SECONDS,
    /** Values that are times have seconds and milliseconds. */
    VALUE_TIME_WITH_MILLIS,
    /** Whole numbers of double type end in a point, as in {@code "0."}. */
    VALUE_ENDS_WITH_POINT,
    /** Biomarker values are numbers, of type {@code double}. */
    NUMERIC_VALUES,
    /** Windows end at the next midnight, and at 18:00, as in 2024. */
    MIDNIGHT_WINDOW_END,
    /** The open day comes both as {@code intraday} and as {@code daily}. */
    INTRADAY_AND_DAILY,
    /** Yesterday's rows are still called {@code intraday}. */
    YESTERDAY_STILL_INTRADAY,
    /** Earlier computations of the open day are delivered beside the newest one. */
    DUPLICATE_RECOMPUTED,
    /** Rows carry fields never seen before. */
    UNKNOWN_FIELDS,
    /** States, units and value types carry words never seen before. */
    UNKNOWN_WORDS,
    /** Members have no activity and no readiness scores, like many sample profiles. */
    SLEEP_ONLY,
    /** Biomarkers may be asked for without {@code categories}. */
    CATEGORIES_OPTIONAL,
    /** The account is gone: every authenticated call is 410. */
    GONE,
    /** A deleted profile is 410 instead of 404. */
    DELETED_PROFILE_410,
    /** Each webhook is sent twice. */
    WEBHOOK_DUPLICATES,
    /** Webhooks of one moment are sent newest first. */
    WEBHOOK_OUT_OF_ORDER,
    /** A webhook's body is a list holding one event. */
    WEBHOOK_ARRAY
}
