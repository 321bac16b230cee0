/** Unit tests of the command's parts. */
@NullMarked
package io.picomux.cli.common;

import org.jspecify.annotations.NullMarked;
