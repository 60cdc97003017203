# Sourced by mvnw and by bin/millrace: defines find_java, which exports JAVA_HOME of a Java 25 or newer or says what to install.

# Prints the feature release (25, 26, ...) of the Java in $1 without starting it; 0 if there is none with the tool $2.
java_release() {
    if [ -x "$1/bin/$2" ] && [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        echo 0
    fi
}

# $1 is the tool that is needed: java to run, javac to build.
find_java() {
    java_on_path=$(command -v java || true)
    if [ -n "$java_on_path" ]; then
        java_on_path=$(readlink -f "$java_on_path" || true)
    fi
    for java_home in \
        "${JAVA_HOME:-}" \
        "${java_on_path%/bin/java}" \
        /usr/lib/jvm/* \
        /opt/* /opt/java/* \
        /usr/local/openjdk-* /usr/java/* \
        "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* \
        "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        java_found=$(java_release "$java_home" "$1")
        if [ "${java_found:-0}" -ge 25 ]; then
            JAVA_HOME=$java_home
            export JAVA_HOME
            return
        fi
    done
    echo "Millrace needs a JDK 25 or newer, and none was found in JAVA_HOME, on the PATH, in /usr/lib/jvm, /opt," >&2
    echo "~/.sdkman or ~/.jdks. Install one (Debian, Ubuntu: apt install openjdk-25-jdk-headless; macOS:" >&2
    echo "brew install openjdk; anywhere: sdk install java 25-tem, or https://adoptium.net) or set JAVA_HOME to it." >&2
    exit 1
}

# JDK 24 and later warn at every start of libraries that load native code or use sun.misc.Unsafe; ours are known to.
java_flags="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
