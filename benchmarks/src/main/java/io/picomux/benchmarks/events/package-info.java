/**
 * The client's side of the scenarios for streams that call handlers, as users of event loops have
 * them: a thread that waits for each stream would measure the way between the threads.
 */
@NullMarked
package io.picomux.benchmarks.events;

import org.jspecify.annotations.NullMarked;
