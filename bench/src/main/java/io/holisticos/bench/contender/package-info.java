/** Who answers: the packaged service and what a team would run otherwise, each a process of its own. */
@NullMarked
package io.holisticos.bench.contender;

import org.jspecify.annotations.NullMarked;
