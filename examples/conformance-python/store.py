"""A catalog store in Python that speaks JSON lines: one question per line on standard input, one answer per line on standard output.

It keeps everything in memory. The rules are those of CAT-REC-1001, 1007 and 1008 and CAT-IDX-1109.
"""

import json
import re
import sys
import unicodedata

DIGEST = re.compile(r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|blake3:[0-9a-f]{64})$")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff\\\\]")


class Refusal(Exception):
    def __init__(self, code, message, **details):
        super().__init__(message)
        self.code, self.details = code, details


def is_text(value):
    return isinstance(value, str) and value != ""


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def is_moment(value):
    if not (isinstance(value, str) and MOMENT.match(value)):
        return False
    year, month, day = (int(part) for part in value[:10].split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 1 <= month <= 12 and 1 <= day <= days[month - 1]


def is_file(value):
    if not isinstance(value, dict):
        return False
    parts = str(value.get("path", "")).split("/")
    return all(part not in ("", ".", "..") for part in parts) and is_digest(value.get("digest")) and is_count(value.get("bytes"))


def is_digest(value):
    return isinstance(value, str) and DIGEST.match(value) is not None


def is_texts(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


SHAPES = {
    "models": {
        "name": (True, is_text),
        "source": (True, is_text),
        "state": (True, lambda value: value in ("Pending", "Active", "Retired", "Failed")),
        "trust_state": (True, lambda value: value in ("unverified", "warned", "verified")),
        "registered_at": (True, is_moment),
        "digest": (False, is_digest),
        "bytes": (False, is_count),
        "files": (False, lambda value: isinstance(value, list) and all(map(is_file, value))),
        "labels": (False, lambda value: isinstance(value, dict) and all(isinstance(text, str) for text in value.values())),
    },
    "engines": {
        "engine": (True, is_text),
        "version": (True, is_text),
        "artifacts": (True, is_texts),
        "created_ms": (True, is_count),
    },
}


def check_id(name):
    if not isinstance(name, str) or not name or UNSEEN.search(name) or len(name.encode()) > 512:
        raise Refusal("InvalidId", "an id is 1 to 512 bytes of text that can be seen")
    if unicodedata.normalize("NFC", name) != name or any(part in ("", ".", "..") for part in name.split("/")):
        raise Refusal("InvalidId", "an id is in NFC and has no part that leads elsewhere")


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def check_record(collection, record):
    if depth(record) > 64:
        raise Refusal("InvalidRecord", "it is nested deeper than 64")
    if "revision" in record:
        raise Refusal("InvalidRecord", "`revision` is kept by the store")
    for member, (required, holds) in SHAPES[collection].items():
        if (member in record or required) and not holds(record.get(member)):
            raise Refusal("InvalidRecord", f"`{member}` is not as it must be")
    if collection == "engines" and not record["artifacts"] and "binary_path" not in record:
        raise Refusal("InvalidRecord", "`binary_path` is required when `artifacts` is empty")
    check_id(record.get("id"))


def collision_key(name):
    return unicodedata.normalize("NFKC", name).upper().lower()


class Collection:
    def __init__(self, name):
        self.name, self.revision, self.records = name, 0, {}

    def check_revision(self, key, expected):
        if expected is not None and expected != "absent" and not is_count(expected):
            raise Refusal("InvalidArgument", "ifRevision is a revision or 'absent'")
        actual = self.records[key]["revision"] if key in self.records else "absent"
        if expected is not None and expected != actual:
            raise Refusal("RevisionConflict", f"{key} is at {actual}, not at {expected}", expected=expected, actual=actual)

    def get(self, asked):
        return self.records.get(asked["key"])

    def list(self, _):
        return [self.records[key] for key in sorted(self.records, key=lambda key: key.encode())]

    def put(self, asked):
        record, options = asked["record"], asked.get("options", {})
        if "ifRevision" in options and options["ifRevision"] is None:
            raise Refusal("InvalidArgument", "ifRevision is a revision or 'absent'")
        expected = options.get("ifRevision")
        if expected is not None and expected != "absent" and not is_count(expected):
            raise Refusal("InvalidArgument", "ifRevision is a revision or 'absent'")
        check_record(self.name, record)
        key = record["id"]
        self.check_revision(key, expected)
        for other in self.records:
            if other != key and collision_key(other) == collision_key(key):
                raise Refusal("AlreadyExists", f"{key} cannot be told from {other}")
        self.revision += 1
        self.records[key] = {"record": record, "revision": self.revision}
        return self.records[key]

    def delete(self, asked):
        key = asked["key"]
        self.check_revision(key, asked.get("options", {}).get("ifRevision"))
        if key not in self.records:
            return False
        del self.records[key]
        self.revision += 1
        return True


def main():
    collections = {name: Collection(name) for name in SHAPES}
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"id": asked["id"]}
        try:
            if asked["op"] in ("open", "close"):
                answer["result"] = None
            else:
                answer["result"] = getattr(collections[asked["collection"]], asked["op"])(asked)
        except Refusal as refusal:
            answer["error"] = {"code": refusal.code, "message": str(refusal), "details": refusal.details}
        print(json.dumps(answer), flush=True)
        if asked["op"] == "close":
            return


main()
