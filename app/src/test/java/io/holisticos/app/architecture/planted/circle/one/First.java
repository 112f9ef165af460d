package io.holisticos.app.architecture.planted.circle.one;

import io.holisticos.app.architecture.planted.circle.two.Second;

/** Half a circle of packages. */
public record First(Second next) {}
