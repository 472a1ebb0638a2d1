#!/usr/bin/env python3
"""Turns the official FHIRPath suite for R4 into what the runner reads: cases.ndjson and its inputs as JSON.

Usage: convert_fhirpath_suite.py SUITE PROFILES
  SUITE     unpacked org.hl7.fhir.testcases:fhir-test-cases, its folder org/hl7/fhir/testcases/r4
  PROFILES  unpacked ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4, its folder org/hl7/fhir/r4/model/profile
The output is committed; this runs only when the suite is renewed.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "adapter" / "fhir"))
import generate_r4_types  # noqa: E402  (the type table says which elements are lists and which are numbers)

FHIR = "{http://hl7.org/fhir}"
XHTML = "{http://www.w3.org/1999/xhtml}"


class Literal(float):
    """A number that keeps its text."""

    def __new__(cls, text):
        self = super().__new__(cls, 0.0)
        self.text = text
        return self

    def __repr__(self):
        return self.text


class Converter:
    def __init__(self, profiles):
        self.types, self.elements = generate_r4_types.read(profiles)

    def find(self, type_name, key):
        """(element name, type, is a list) of an XML element."""
        while type_name:
            for name, codes, flags in self.elements[type_name]:
                is_list = flags & generate_r4_types.FLAG_ARRAY
                if flags & generate_r4_types.FLAG_CHOICE:
                    if key.startswith(name):
                        suffix = key[len(name):]
                        for code in self.types if codes == ["*"] else codes:
                            if code[:1].upper() + code[1:] == suffix:
                                return code, is_list
                elif name == key:
                    return codes[0], is_list
            type_name = self.types[type_name][0]
        raise KeyError(key)

    def primitive(self, type_name, node):
        text = node.get("value")
        if text is None:
            value = None
        elif type_name == "boolean":
            value = text == "true"
        elif type_name in ("decimal", "integer", "positiveInt", "unsignedInt"):
            value = Literal(text)
        else:
            value = text
        extra = {}
        if node.get("id"):
            extra["id"] = node.get("id")
        extensions = [self.complex("Extension", child) for child in node.findall(FHIR + "extension")]
        if extensions:
            extra["extension"] = extensions
        return value, extra or None

    def xhtml(self, node):
        ElementTree.register_namespace("", "http://www.w3.org/1999/xhtml")
        text = ElementTree.tostring(node, encoding="unicode", short_empty_elements=True)
        return re.sub(r">\s+$", ">", text)

    def complex(self, type_name, node):
        out = {}
        for attribute in ("id", "url"):
            if node.get(attribute):
                out[attribute] = node.get(attribute)
        for child in node:
            if child.tag == XHTML + "div":
                out["div"] = self.xhtml(child)
                continue
            key = child.tag.removeprefix(FHIR)
            child_type, is_list = self.find(type_name, key)
            extra = None
            if child_type in ("Resource", "DomainResource"):
                value = self.resource(child[0])
            elif self.types[child_type][1] == 0:
                value, extra = self.primitive(child_type, child)
            else:
                value = self.complex(child_type, child)
            if not is_list:
                if value is not None:
                    out[key] = value
                if extra:
                    out["_" + key] = extra
                continue
            out.setdefault(key, []).append(value)
            out.setdefault("_" + key, []).append(extra)
        for key in [k for k, v in out.items() if k.startswith("_") and isinstance(v, list) and not any(v)]:
            del out[key]
        return out

    def resource(self, node):
        name = node.tag.removeprefix(FHIR)
        return {"resourceType": name, **self.complex(name, node)}


def dump(value):
    """JSON with the text of numbers kept."""
    if isinstance(value, Literal):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k) + ":" + dump(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def main():
    suite, profiles = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out = HERE / "data" / "fhirpath"
    out.mkdir(parents=True, exist_ok=True)
    converter = Converter(profiles)
    inputs, lines, seen = set(), [], {}
    for group in ElementTree.parse(suite / "fhirpath" / "tests-fhir-r4.xml").getroot().iter("group"):
        for node in group:
            if node.tag != "test":
                continue
            name = node.get("name") or "unnamed"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:  # the suite uses some names twice
                name += "#" + str(seen[name])
            expression = node.find("expression")
            case = {"name": name, "group": group.get("name"), "expression": expression.text}
            if node.get("inputfile"):
                inputs.add(node.get("inputfile"))
                case["input"] = node.get("inputfile").rsplit(".", 1)[0] + ".json"
            if expression.get("invalid"):
                case["invalid"] = expression.get("invalid")
            for attribute in ("mode", "predicate", "ordered", "checkOrderedFunctions"):
                if node.get(attribute):
                    case[attribute] = node.get(attribute)
            case["outputs"] = [{"type": o.get("type") or "", "value": o.text or ""} for o in node.findall("output")]
            lines.append(json.dumps(case, ensure_ascii=False))
    (out / "cases.ndjson").write_text("\n".join(lines) + "\n")
    for name in sorted(inputs):
        source = suite / name
        if name.endswith(".xml"):
            text = dump(converter.resource(ElementTree.parse(source).getroot()))
        else:
            text = dump(json.loads(source.read_text(), parse_float=Literal))
        (out / (name.rsplit(".", 1)[0] + ".json")).write_text(text + "\n")


if __name__ == "__main__":
    main()
