@NullMarked
package io.picomux.reliability.faults.soak;

import org.jspecify.annotations.NullMarked;
