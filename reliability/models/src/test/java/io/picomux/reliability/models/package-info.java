@NullMarked
package io.picomux.reliability.models;

import org.jspecify.annotations.NullMarked;
