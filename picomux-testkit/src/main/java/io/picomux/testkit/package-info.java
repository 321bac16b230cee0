/**
 * Simulated links, a virtual clock, and scripted and hostile peers for tests of programs that use
 * picomux.
 */
@NullMarked
package io.picomux.testkit;

import org.jspecify.annotations.NullMarked;
