/**
 * Describes the API to those who call it: the OpenAPI document, made of the routes, and the page that shows it.
 *
 * <p>May use: {@code health}, {@code pages}, {@code web}, {@code whoop}.
 *
 * <p>Start reading at {@link io.holisticos.app.docs.ApiDocs}.
 */
@NullMarked
package io.holisticos.app.docs;

import org.jspecify.annotations.NullMarked;
