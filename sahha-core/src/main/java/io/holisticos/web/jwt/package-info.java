/**
 * Tokens of members: JWTs that the identity provider of the app signs. A token stands for one member, who may do what
 * members may with their own things.
 *
 * <p>May use: {@code command}, {@code health}, {@code outbound}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.web.jwt.MemberTokens}.
 */
@NullMarked
package io.holisticos.web.jwt;

import org.jspecify.annotations.NullMarked;
