/** The shared selector threads. They know channels and deadlines, and nothing of sessions. */
@NullMarked
package io.picomux.loop;

import org.jspecify.annotations.NullMarked;
