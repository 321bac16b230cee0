/** Tests of the command, with real programs as its clients. */
@NullMarked
package io.picomux.cli;

import org.jspecify.annotations.NullMarked;
