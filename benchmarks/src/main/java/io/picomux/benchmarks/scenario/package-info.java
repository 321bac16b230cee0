/** What a client does with streams, and the figures it takes of that. */
@NullMarked
package io.picomux.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
