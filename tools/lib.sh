# What the scripts in tools/ share. Sourced, never run.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
BUILD="$ROOT/.build"
RUST_VERSION="$(sed -n 's/^channel = "\(.*\)"/\1/p' "$ROOT/rust-toolchain.toml")"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The choice of tools/setup where rustup knows the pinned version only by another name.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -s "$BUILD/toolchain" ]; then
    RUSTUP_TOOLCHAIN="$(cat "$BUILD/toolchain")"
    export RUSTUP_TOOLCHAIN
fi

# Where cargo puts what it builds, absolute.
target_dir() {
    case "${CARGO_TARGET_DIR:-}" in
        "") printf '%s\n' "$ROOT/target" ;;
        /*) printf '%s\n' "$CARGO_TARGET_DIR" ;;
        *) printf '%s\n' "$ROOT/$CARGO_TARGET_DIR" ;;
    esac
}

# The folder of PostgreSQL's server programs; Debian keeps them out of PATH.
pg_bin() {
    local initdb
    initdb="$(ls -1 /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1)"
    [ -n "$initdb" ] || initdb="$(command -v initdb || true)"
    [ -n "$initdb" ] || return 1
    dirname "$(readlink -f "$initdb")"
}

chromium_path() {
    local name
    for name in "${LAZARET_CHROMIUM:-chromium}" chromium-browser google-chrome-stable google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}

# A Python that can import aiosmtpd.
python_path() {
    local python
    for python in "$BUILD/venv/bin/python" python3; do
        if have "$python" && "$python" -c 'import aiosmtpd.controller' 2>/dev/null; then
            command -v "$python"
            return 0
        fi
    done
    return 1
}
