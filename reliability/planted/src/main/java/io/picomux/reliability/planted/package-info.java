/** Faults in copies of classes of the product: what a test must find to be worth something. */
@NullMarked
package io.picomux.reliability.planted;

import org.jspecify.annotations.NullMarked;
