"""Trims the IPS package to what the checker reads: `python trim.py <folder of the npm package> <vitalsigns.json>`."""

import gzip
import json
import sys
from pathlib import Path

KEPT = ("id", "path", "sliceName", "min", "max", "mustSupport", "slicing", "type", "binding", "constraint")


def trimmed(path: Path) -> dict:
    found = json.loads(path.read_text())
    elements = []
    for element in found["differential"]["element"]:
        kept = {
            name: element[name] for name in element if name in KEPT or name.startswith(("fixed", "pattern"))
        }
        kept["constraint"] = [
            {key: one[key] for key in ("key", "severity", "expression") if key in one}
            for one in kept.get("constraint", [])
        ]
        if "binding" in kept:
            kept["binding"] = {key: kept["binding"].get(key) for key in ("strength", "valueSet")}
        elements.append({name: value for name, value in kept.items() if value not in ([], None)})
    return {"url": found["url"], "type": found["type"], "element": elements}


if __name__ == "__main__":
    package, vital_signs = map(Path, sys.argv[1:])
    here = Path(__file__).parent
    profiles = [
        path
        for path in sorted(package.glob("StructureDefinition-*-uv-ips.json"))
        if not path.name.startswith(("StructureDefinition-CodeableConcept", "StructureDefinition-Coding-"))
    ]
    lines = [json.dumps(trimmed(path)) for path in (*profiles, vital_signs)]
    value_sets = {}
    for path in sorted(package.glob("ValueSet-*.json")):
        found = json.loads(path.read_text())
        parts = found["compose"]["include"]
        if all("concept" in part for part in parts):
            value_sets[found["url"]] = [one["code"] for part in parts for one in part["concept"]]
    with gzip.GzipFile(here / "profiles.json.gz", "wb", mtime=0) as file:
        file.write(
            json.dumps({"profiles": [json.loads(line) for line in lines], "value_sets": value_sets}).encode()
        )
    with gzip.GzipFile(here / "examples.ndjson.gz", "wb", mtime=0) as file:
        for path in sorted((package / "example").glob("*.json")):
            file.write(json.dumps(json.loads(path.read_text()), ensure_ascii=False).encode() + b"\n")
