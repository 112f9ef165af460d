/**
 * The rules of structure that the build holds. Each rule is a class, and a test that shows it two things: main code, which
 * must keep it, and a violation under {@code planted}, which it must find.
 */
package io.holisticos.app.architecture;
