/** Tests with other people's programs and libraries that run over the drop-in sockets. */
@NullMarked
package io.picomux.interop.parties;

import org.jspecify.annotations.NullMarked;
