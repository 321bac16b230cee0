/** Fuzz targets for what an exit reads, in its package because some of it is internal to it. */
@org.jspecify.annotations.NullMarked
package io.picomux.tunnel.exit;
