/**
 * The soak: a server and a client process that do everything for hours, over links that break,
 * while memory, threads and descriptors are watched.
 */
@NullMarked
package io.picomux.reliability.faults.soak;

import org.jspecify.annotations.NullMarked;
