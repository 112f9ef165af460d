/**
 * What all pages of ours share: the layout and its style, the brand of whoever runs the service, texts in each language, the
 * headers of a page, and the files that pages load.
 *
 * <p>May use: {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.pages.Pages}; docs/pages.md says how a page is added.
 */
@NullMarked
package io.holisticos.pages;

import org.jspecify.annotations.NullMarked;
