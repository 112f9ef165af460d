/**
 * The health explorer: a member's days as charts and as a table, why each value is what it is, and the member's preferences. The
 * page holds no data; its script asks the same routes as every other client, by the browser's session.
 *
 * <p>May use: {@code health}, {@code pages}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.app.explore.ExploreResource}; the script is {@code explore.js} beside the page.
 */
@NullMarked
package io.holisticos.app.explore;

import org.jspecify.annotations.NullMarked;
