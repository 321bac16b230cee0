/** Unit tests of the command's parts. */
@NullMarked
package io.picomux.cli.demo;

import org.jspecify.annotations.NullMarked;
