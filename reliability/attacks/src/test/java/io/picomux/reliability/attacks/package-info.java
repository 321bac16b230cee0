/** Each attack as a test against a victim process of its own. */
@NullMarked
package io.picomux.reliability.attacks;

import org.jspecify.annotations.NullMarked;
