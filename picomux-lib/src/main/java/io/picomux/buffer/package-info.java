/** Where bytes of streams wait: pure data structures, guarded by whoever owns them. */
@NullMarked
package io.picomux.buffer;

import org.jspecify.annotations.NullMarked;
