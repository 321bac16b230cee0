/** Programs as data that run on simulated sessions, what must hold in them, and how they shrink. */
@NullMarked
package io.picomux.simulation;

import org.jspecify.annotations.NullMarked;
