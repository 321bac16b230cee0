/** Runs the models of the protocol in {@code promela/} with the model checker Spin. */
@NullMarked
package io.picomux.reliability.models;

import org.jspecify.annotations.NullMarked;
