/** The program that is measured: a server or a client, by one command line. */
@NullMarked
package io.picomux.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
