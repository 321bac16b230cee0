/** Fuzz targets for the core, in its package because what they feed is internal to it. */
@org.jspecify.annotations.NullMarked
package io.picomux.core;
