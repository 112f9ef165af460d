/**
 * A member in front of a browser, for whoever needs a consent without a person.
 *
 * <p>May use the JDK only. Start reading at {@link io.holisticos.twins.browser.MemberBrowser}.
 */
@NullMarked
package io.holisticos.twins.browser;

import org.jspecify.annotations.NullMarked;
