package io.holisticos.twins.world;

/**
 * The names and ids of a person in all systems. All of them are invented; e-mail addresses are of example.com.
 *
 * @param number position in the world, from 0
 * @param userId the id that the application uses, which is Sahha's {@code externalId}
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
