#!/usr/bin/env python3
"""Signs requests with the official Python client's own code, at chosen dates, and writes python.json.

Needs the package osc-sdk-python; opens no connection. See README.md for the versions.
"""
import datetime
import json
import pathlib
import types
from unittest import mock

from osc_sdk_python import authentication
from osc_sdk_python.credentials import Profile

# Fictitious keys of the right length.
ACCESS_KEY = "FAKEACCESSKEY0000002"
SECRET_KEY = "FAKESECRETKEYFORTESTS0000000000000000003"
ODD_SECRET_KEY = "FAKE+SECRET/KEY=FOR_TESTS-00000000000004"
PATH = "/api/v1/ReadVms"
NOON = "2026-06-15T12:00:00"

LONG_BODY = json.dumps(
    {"Filters": {"TagValues": [f"wire-{i:04} é 云 🦀 {i * i}" for i in range(400)]}}, ensure_ascii=False
)

# Name, region, host, path, date, body.
CASES = [
    ("default_port", "eu-west-2", "api.eu-west-2.outscale.com", PATH, NOON, "{}"),
    ("zero_byte_body", "eu-west-2", "api.eu-west-2.outscale.com", PATH, NOON, ""),
    ("ascii_body", "us-east-2", "api.us-east-2.outscale.com", PATH, NOON,
     '{"Filters": {"VmIds": ["i-00000001", "i-00000002"]}}'),
    ("escaped_body", "us-west-1", "api.us-west-1.outscale.com", PATH, NOON,
     json.dumps({"Filters": {"TagValues": ["château 東京 🦀"]}})),
    ("accents", "eu-west-2", "api.eu-west-2.outscale.com", PATH, NOON,
     '{"Filters":{"TagValues":["château fort à Besançon"]}}'),
    ("cjk", "ap-northeast-1", "api.ap-northeast-1.outscale.com", PATH, NOON,
     '{"Filters":{"TagValues":["東京の仮想マシン","云服务器","가상 머신"]}}'),
    ("emoji", "cloudgouv-eu-west-1", "api.cloudgouv-eu-west-1.outscale.com", PATH, NOON,
     '{"Filters":{"TagValues":["🦀 👩‍💻 🇫🇷"]}}'),
    ("long_body", "eu-west-2", "api.eu-west-2.outscale.com", PATH, NOON, LONG_BODY),
    ("secret_with_punctuation", "eu-west-2", "api.eu-west-2.outscale.com", PATH, NOON, "{}"),
    ("another_action", "us-west-1", "api.us-west-1.outscale.com", "/api/v1/DeleteVms", NOON,
     '{"VmIds":["i-00000001"]}'),
    ("first_second_of_a_year", "eu-west-2", "api.eu-west-2.outscale.com", PATH, "2027-01-01T00:00:00", "{}"),
    ("last_second_of_a_year", "eu-west-2", "api.eu-west-2.outscale.com", PATH, "2026-12-31T23:59:59", "{}"),
    ("leap_day", "eu-west-2", "api.eu-west-2.outscale.com", PATH, "2028-02-29T01:02:03", "{}"),
    ("day_after_28_february", "eu-west-2", "api.eu-west-2.outscale.com", PATH, "2100-03-01T00:00:00", "{}"),
    ("first_second_of_all", "eu-west-2", "api.eu-west-2.outscale.com", PATH, "1970-01-01T00:00:00", "{}"),
    ("beyond_32_bits", "eu-west-2", "api.eu-west-2.outscale.com", PATH, "2038-01-19T03:14:08", "{}"),
    # The signer itself keeps a port that its caller gives it. It is `Call.api` that never does: see README.md.
    ("port_given_to_the_signer", "eu-west-2", "api.eu-west-2.outscale.com:8443", PATH, NOON, "{}"),
    ("loopback_given_to_the_signer", "us-east-2", "127.0.0.1:3000", PATH, NOON, '{"DryRun":true}'),
]


def clock(at):
    """A replacement for the module `datetime` of the signer, fixed at the given time."""
    fixed = datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.timezone.utc)
    now = types.SimpleNamespace(now=fixed.astimezone)
    return types.SimpleNamespace(datetime=now, timezone=datetime.timezone)


def vector(name, region, host, path, at, body):
    secret_key = ODD_SECRET_KEY if name == "secret_with_punctuation" else SECRET_KEY
    profile = Profile(access_key=ACCESS_KEY, secret_key=secret_key, region=region)
    signer = authentication.Authentication(profile, host, content_type="application/json")
    with mock.patch.object(authentication, "datetime", clock(at)):
        headers = signer.forge_headers_signed(path, body)
    return {
        "name": name,
        "signer": "osc-sdk-python",
        "region": region,
        "access_key": ACCESS_KEY,
        "secret_key": secret_key,
        "x_osc_date": headers["X-Osc-Date"],
        "host": host,
        "path": path,
        "content_type": headers["Content-Type"],
        "body": body,
        "authorization": headers["Authorization"],
    }


vectors = [vector(*case) for case in CASES]
text = json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"
pathlib.Path(__file__).with_name("python.json").write_text(text, encoding="utf-8")
