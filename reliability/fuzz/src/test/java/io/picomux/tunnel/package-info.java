/** Fuzz targets for the tunnel, in its package because what they feed is internal to it. */
@org.jspecify.annotations.NullMarked
package io.picomux.tunnel;
