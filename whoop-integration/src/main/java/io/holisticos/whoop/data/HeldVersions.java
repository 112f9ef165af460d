package io.holisticos.whoop.data;

import java.util.Set;

/**
 * Which of a page's versions are held.
 *
 * @param keys of the records that are held in the version sent
 * @param seen how many of them were noted as seen: all that came, or none
 */
record HeldVersions(Set<String> keys, int seen) {}
