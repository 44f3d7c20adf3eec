#!/bin/sh
# Makes native/kernels.ptx from kernels.cu with clang 19; no CUDA toolkit is needed. Line 1 carries the SHA-256 over kernels.cu and the files it includes, in
# the order of inclusion. With --check nothing is written: the script ends with 1 if the stored file is not what the sources give.
set -eu
cd "$(dirname "$0")"
compiler=${CLANG:-clang++-19}
files="kernels.cu $(sed -n 's/^#include "\(.*\)"$/\1/p' kernels.cu)"
made=$(mktemp)
trap 'rm -f "$made"' EXIT

# Text, not the bytes of a checkout: line ends may differ there.
hash=$(for file in $files; do printf '%s\n' "$file"; tr -d '\r' <"$file"; done | sha256sum | cut -d' ' -f1)
printf '// sha256 %s\n' "$hash" >"$made"
"$compiler" -x cuda --cuda-device-only -S -nocudainc -nocudalib --cuda-gpu-arch=sm_70 -Xclang -target-feature -Xclang +ptx64 \
    -std=c++17 -O3 -ffp-contract=off -fdeclspec -Wall -Wextra -Werror kernels.cu -o - >>"$made"

if [ "${1:-}" = "--check" ]; then
    if ! cmp -s "$made" kernels.ptx; then
        echo "native/kernels.ptx is not what native/kernels.cu gives with $compiler: run native/build-ptx.sh and commit the result." >&2
        exit 1
    fi
else
    cp "$made" kernels.ptx
fi
