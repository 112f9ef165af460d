/** The bare Dropwizard services that ours is compared with. They use nothing of ours. */
@NullMarked
package io.holisticos.bench.bare;

import org.jspecify.annotations.NullMarked;
