/** Tests of the finished artifacts, as their users meet them. */
@NullMarked
package io.picomux.consumer;

import org.jspecify.annotations.NullMarked;
