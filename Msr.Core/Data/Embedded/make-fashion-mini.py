#!/usr/bin/env python3
"""Makes the embedded data set fashion-mini from Fashion-MNIST.

    python3 make-fashion-mini.py [SOURCE_FOLDER]

SOURCE_FOLDER holds the four idx files of Fashion-MNIST in gzip; by default where Debian's package dataset-fashion-mnist puts
them. The selection is the first 1,000 training and the first 200 test images of every class, in their original order: 10,000 and
2,000 images. The files are written beside this script. Python's standard library is enough; the gzip header carries no time and
no name, so the idx content is reproduced exactly and the compressed bytes are too, for one version of zlib.
"""

import gzip
import hashlib
import pathlib
import struct
import sys

CLASSES = 10
IMAGES_MAGIC = 2051
LABELS_MAGIC = 2049
SELECTIONS = {"train": ("train", 1000), "test": ("t10k", 200)}
SOURCE_MD5 = {
    "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}


def read(folder: pathlib.Path, name: str) -> bytes:
    content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    found = hashlib.md5(content).hexdigest()
    if found != SOURCE_MD5[name]:
        sys.exit(f"{folder / name}.gz: md5 of the content is {found}, expected {SOURCE_MD5[name]}")
    return content


def select(labels: bytes, per_class: int) -> list[int]:
    taken = [0] * CLASSES
    chosen = []
    for index, label in enumerate(labels):
        if taken[label] < per_class:
            taken[label] += 1
            chosen.append(index)
    return chosen


def write(folder: pathlib.Path, name: str, content: bytes) -> None:
    path = folder / f"{name}.gz"
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    print(f"{path.name}  {path.stat().st_size} bytes  md5 of the content {hashlib.md5(content).hexdigest()}")


def main() -> None:
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    target = pathlib.Path(__file__).resolve().parent
    for part, (prefix, per_class) in SELECTIONS.items():
        images = read(source, f"{prefix}-images-idx3-ubyte")
        labels = read(source, f"{prefix}-labels-idx1-ubyte")[8:]
        _, _, height, width = struct.unpack(">4I", images[:16])
        size = height * width
        chosen = select(labels, per_class)
        pixels = b"".join(images[16 + size * i: 16 + size * (i + 1)] for i in chosen)
        write(target, f"fashion-mini-{part}-images-idx3-ubyte", struct.pack(">4I", IMAGES_MAGIC, len(chosen), height, width) + pixels)
        write(target, f"fashion-mini-{part}-labels-idx1-ubyte", struct.pack(">2I", LABELS_MAGIC, len(chosen)) + bytes(labels[i] for i in chosen))


if __name__ == "__main__":
    main()
