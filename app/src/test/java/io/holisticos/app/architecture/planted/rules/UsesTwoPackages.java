package io.holisticos.app.architecture.planted.rules;

import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;

/** Uses {@code health} and {@code trace}. */
record UsesTwoPackages(UserId who, RequestContext[] contexts) {}
