/** How the library logs. */
@NullMarked
package io.picomux.log;

import org.jspecify.annotations.NullMarked;
