# Finds the JDK that builds and runs the project. Sourced by ./build and ./picomux.
#
# find_jdk sets JDK_HOME and JDK_FEATURE (21, 25, ...) and returns 0, or returns 1 when the machine
# has no JDK of 21 or newer. PICOMUX_JAVA_HOME names one by hand; otherwise 25, the release that the
# project is tested on, is taken where there is one, else the lowest release from 21 on. Among equals
# JAVA_HOME comes first, then the places where systems and version managers keep their JVMs.
#
# Only shell built-ins read the `release` files, so that a search costs a few milliseconds.

# An empty environment has no HOME; the shell knows it nevertheless.
export HOME=${HOME:-~}

JDK_OLDEST_FEATURE=21
JDK_PREFERRED_FEATURE=25
JDK_REMEDY="install one and try again (Debian, Ubuntu: apt-get install temurin-25-jdk or openjdk-21-jdk; macOS: brew install openjdk@25), or name its folder in PICOMUX_JAVA_HOME"

# Prints nothing; sets jdk_feature to the feature release of the JDK in folder $1, or to "" when the
# folder holds no JDK (a JRE has no compiler).
jdk_feature_of() {
  local line version=""
  jdk_feature=""
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case "$line" in
        JAVA_VERSION=*)
          version=${line#JAVA_VERSION=}
          version=${version//\"/}
          ;;
      esac
    done <"$1/release"
  fi
  if [ -z "$version" ]; then
    line=$("$1/bin/java" -version 2>&1 | head -n 1)
    version=${line#*\"}
  fi
  version=${version%%[!0-9]*}
  jdk_feature=$version
}

# Takes the JDK in folder $1 when it is better than the one held.
jdk_consider() {
  local jdk_feature
  jdk_feature_of "$1"
  [ -n "$jdk_feature" ] && [ "$jdk_feature" -ge "$JDK_OLDEST_FEATURE" ] || return 0
  if [ -z "$JDK_HOME" ] \
    || { [ "$JDK_FEATURE" -ne "$JDK_PREFERRED_FEATURE" ] \
      && { [ "$jdk_feature" -eq "$JDK_PREFERRED_FEATURE" ] || [ "$jdk_feature" -lt "$JDK_FEATURE" ]; }; }; then
    JDK_HOME=$1
    JDK_FEATURE=$jdk_feature
  fi
}

find_jdk() {
  local candidate tool jdk_feature
  JDK_HOME=""
  JDK_FEATURE=""
  if [ -n "${PICOMUX_JAVA_HOME:-}" ]; then
    jdk_consider "$PICOMUX_JAVA_HOME"
    [ -n "$JDK_HOME" ]
    return
  fi
  [ -n "${JAVA_HOME:-}" ] && jdk_consider "$JAVA_HOME"
  # A pattern that matches nothing stays as it is and names no folder.
  for candidate in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/lib/jvm/* /usr/local/java/* /usr/local/jdk* \
    /opt/java/* /opt/jdk* /opt/*jdk* /opt/jvm/* /opt/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.jenv/versions/* "$HOME"/.asdf/installs/java/* \
    "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    [ "$JDK_FEATURE" = "$JDK_PREFERRED_FEATURE" ] && return 0
    jdk_consider "$candidate"
  done
  # The compiler on the PATH may be a link into a folder that no list knows.
  if [ "$JDK_FEATURE" != "$JDK_PREFERRED_FEATURE" ] && tool=$(command -v javac); then
    tool=$(readlink -f "$tool" 2>/dev/null || echo "$tool")
    jdk_consider "${tool%/bin/javac}"
  fi
  [ -n "$JDK_HOME" ]
}

# Sets JDK_HOME, JDK_FEATURE and JAVA_HOME, or ends the calling script with one sentence of remedy.
require_jdk() {
  if ! find_jdk; then
    if [ -n "${PICOMUX_JAVA_HOME:-}" ]; then
      echo "${0##*/}: PICOMUX_JAVA_HOME=$PICOMUX_JAVA_HOME is no JDK of $JDK_OLDEST_FEATURE or newer; unset it or name another folder" >&2
    else
      echo "${0##*/}: found no JDK of $JDK_OLDEST_FEATURE or newer; $JDK_REMEDY" >&2
    fi
    exit 3
  fi
  export JAVA_HOME=$JDK_HOME
}

# Ends the calling script with one sentence of remedy when Maven is missing; otherwise sets MAVEN_OPTS
# so that Maven 3.8 is quiet on new JDKs.
require_maven() {
  if ! command -v mvn >/dev/null 2>&1; then
    echo "${0##*/}: found no Maven (mvn); install 3.8.7 or newer and try again (Debian, Ubuntu: apt-get install maven; macOS: brew install maven)" >&2
    exit 3
  fi
  # Maven's own libraries use sun.misc.Unsafe; JDK 24 began to warn of it on each start.
  if [ "$JDK_FEATURE" -ge 24 ]; then
    export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  fi
}
