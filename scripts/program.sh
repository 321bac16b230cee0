# Builds the programs of modules that are not published, for the scripts that run them. To be sourced
# after find-jdk.sh, with `root` set to the folder of the project.
#
# build_program NAME MODULE FOLDER... builds MODULE where it is missing or older than its sources,
# those of the FOLDERs it is made of, or the checkout, and sets CLASS_PATH. What it names is a copy of
# the jars (MODULE/target/launch), so that a build leaves a running program alone.

program_checkout() { git -C "$root" rev-parse HEAD 2>/dev/null || echo "no git checkout"; }

build_program() {
  local name=$1 module=$2 target=$root/$2/target folder built_from="" newer log fresh begun
  shift 2
  local launch=$target/launch
  local sources=("$root/pom.xml")
  for folder in "$module" "$@"; do
    sources+=("$root/$folder/pom.xml" "$root/$folder/src/main")
  done
  mkdir -p "$target"
  # Another call may be building: wait for it and look again.
  exec 9>"$target/launch.lock"
  if command -v flock >/dev/null 2>&1; then flock 9; fi
  if [ -r "$launch/built-from" ]; then IFS= read -r built_from <"$launch/built-from" || true; fi
  newer=yes
  if [ "$built_from" = "$(program_checkout)" ]; then
    # A folder is newer when a file in it came or went.
    newer=$(find "${sources[@]}" -newer "$launch/built-from" -print -quit)
  fi
  if [ -n "$newer" ]; then
    require_maven
    echo "$name: building ..." >&2
    log=$target/launch-build.log fresh=$target/launch.new.$$ begun=$target/launch-begun.$$
    program_checkout >"$begun"
    if ! "$root/build" --batch-mode -q -pl "$module" -am -Dmaven.test.skip=true package >"$log" 2>&1 </dev/null; then
      rm -f "$begun"
      echo "$name: the build failed; $log begins with:" >&2
      head -n 15 "$log" >&2
      exit 3
    fi
    mkdir "$fresh"
    cp "$target"/*.jar "$target"/lib/*.jar "$fresh/"
    # The stamp keeps the time of the build's beginning: what was edited meanwhile counts as newer.
    mv "$begun" "$fresh/built-from"
    rm -rf "$launch"
    mv "$fresh" "$launch"
  fi
  exec 9>&-
  CLASS_PATH=$(printf ':%s' "$launch"/*.jar)
  CLASS_PATH=${CLASS_PATH#:}
}
