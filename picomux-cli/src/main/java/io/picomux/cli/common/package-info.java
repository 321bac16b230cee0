/** What the commands share: options, addresses, exit codes, logging. */
@NullMarked
package io.picomux.cli.common;

import org.jspecify.annotations.NullMarked;
