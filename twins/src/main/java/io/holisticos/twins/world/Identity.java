package io.holisticos.twins.world;

/**
 * By what names the systems know a person. All of it is invented; mail goes to example.com.
 *
 * @param number position in the world, from 0
 * @param userId our callers' name for the person, Sahha's {@code externalId}
 * @param sahhaProfileId UUID text, whether or not a profile exists
 * @param sahhaAccountId UUID text, one for the whole world
 */
public record Identity(
        int number,
        String userId,
        long whoopUserId,
        String firstName,
        String lastName,
        String email,
        String sahhaProfileId,
        String sahhaAccountId) {}
