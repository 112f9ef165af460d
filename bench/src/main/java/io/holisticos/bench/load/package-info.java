/** Databases of many members, in the format of production. Begin with Loader. */
@NullMarked
package io.holisticos.bench.load;

import org.jspecify.annotations.NullMarked;
