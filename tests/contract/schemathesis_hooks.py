"""What schemathesis sends, made fit for a payment API; tests/contract/schemathesis.toml names this file."""

import itertools
import json
import os

import schemathesis

numbers = itertools.count(1)
LONGEST_WAIT = 25  # seconds; more is refused
own_key = os.environ.get("FLORIN_KEY_ID")  # of an operator's key that drives: it must not revoke or replace itself


def with_integers(value):
    """100.0 is an integer to JSON Schema, but not to Florin, where a number with a fraction is a mistake about money."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [with_integers(element) for element in value]
    if isinstance(value, dict):
        return {name: with_integers(member) for name, member in value.items()}
    return value


def is_key(text):
    return isinstance(text, str) and 0 < len(text) < 240 and all("!" <= letter <= "~" for letter in text)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Valid idempotency keys get a number, so that most requests are new operations; every eighth stays, and so is a repeat of some.
    Valid long polls wait for a second: for what nobody does they would wait as long as they say."""
    number = next(numbers)
    if own_key and (case.path_parameters or {}).get("key_id") == own_key:
        case.path_parameters["key_id"] = "key_00000000-0000-7000-8000-000000000000"
    wait = str((case.query or {}).get("wait", ""))  # a number, or already its text
    if wait.isdecimal() and 1 < int(wait) <= LONGEST_WAIT:
        case.query["wait"] = 1
    key = (case.headers or {}).get("Idempotency-Key")
    if is_key(key) and number % 8:
        case.headers["Idempotency-Key"] = f"{key}-{number}"
    body = with_integers(case.body)
    if json.dumps(body, default=str) != json.dumps(case.body, default=str):
        case.body = body
