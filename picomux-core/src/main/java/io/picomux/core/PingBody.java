package io.picomux.core;

record PingBody(long nextPingInMillis, boolean halfCloseOffered) {}
