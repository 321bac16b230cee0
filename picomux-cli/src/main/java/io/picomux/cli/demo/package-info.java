/** The demo: exit, proxy, session and a web page in one process. */
@NullMarked
package io.picomux.cli.demo;

import org.jspecify.annotations.NullMarked;
