"""Writes weights as safetensors with nothing but Python's standard library; the header is in another order than the data."""
import json, struct, sys

first = struct.pack("<6f", 0.5, -0.0, float("inf"), 1e-45, 3.25, -7.0)
second = struct.pack("<d", 0.1)
header = json.dumps({
    "gewicht.ä😀": {"dtype": "F64", "shape": [], "data_offsets": [len(first), len(first) + len(second)]},
    "fc.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, len(first)]},
    "empty": {"dtype": "I64", "shape": [0, 4], "data_offsets": [0, 0]},
    "__metadata__": {"format": "pt"},
}).encode()
open(sys.argv[1], "wb").write(struct.pack("<Q", len(header)) + header + first + second)
