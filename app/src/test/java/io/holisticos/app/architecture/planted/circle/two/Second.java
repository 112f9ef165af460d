package io.holisticos.app.architecture.planted.circle.two;

import io.holisticos.app.architecture.planted.circle.one.First;

/** The other half. */
public record Second(First next) {}
