/**
 * A member at a browser, for tests and commands that need a consent without a person.
 *
 * <p>May use: nothing of ours.
 *
 * <p>Start reading at {@link io.holisticos.twins.browser.MemberBrowser}.
 */
@NullMarked
package io.holisticos.twins.browser;

import org.jspecify.annotations.NullMarked;
