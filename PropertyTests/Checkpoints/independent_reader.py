"""Reads safetensors files with nothing but Python's standard library and prints a digest of all that is in each."""
import hashlib, json, struct, sys

for path in sys.argv[1:]:
    raw = open(path, "rb").read()
    (length,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    digest, position = hashlib.sha256(), 0
    for key, value in header.pop("__metadata__", {}).items():
        digest.update(f"{key}\0{value}\0".encode())
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        count = 1
        for extent in entry["shape"]:
            count *= extent
        code = {"F32": "f", "F64": "d", "I64": "q", "I32": "i", "U8": "B"}[entry["dtype"]]
        assert begin == position and end - begin == struct.calcsize(f"<{count}{code}") and (8 + length) % 8 == 0
        position = end
        digest.update(f"{name}\0{entry['dtype']}\0{','.join(map(str, entry['shape']))}\0".encode() + data[begin:end])
    assert position == len(data)
    print(digest.hexdigest())
