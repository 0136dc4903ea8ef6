#!/usr/bin/env python3
"""Refuses what looks like a secret or a card number in any file of the repository.

    tools/check_secrets.py              what is committed or about to be
    tools/check_secrets.py --history    every version of every file that was ever committed
    tools/check_secrets.py --self-test  shows that each rule can fail

What is found is named by file, line and rule, and never printed.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
RULES = {
    "API key": re.compile(r"\b[srp]k_(?:live|test|admin)_(?P<value>[A-Za-z0-9]{20,})"),
    "webhook secret": re.compile(r"\bwhsec_(?P<value>[A-Za-z0-9+/]{24,})"),
    "cloud or forge key": re.compile(r"\b(?P<value>AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,}"
                                     r"|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[A-Za-z0-9-]{20,}|AIza[0-9A-Za-z_-]{35})"),
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?P<value>[\\nr\s\"]*[A-Za-z0-9+/]{40,})"),
    "password in a URL": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'`<>]*:(?P<value>[^\s/@\"'`<>]{3,})@"),
    "secret in an assignment": re.compile(r"(?i)\b(?:password|passwd|secret|token|pepper|api_?key)\w*[\"']?\s*[:=]\s*"
                                          r"[\"'](?P<value>[A-Za-z0-9+/=_-]{24,})[\"']"),
}
DIGITS = re.compile(r"(?<![0-9A-Za-z.])(?:[0-9]{13,19}|[0-9]{4}(?:[ -][0-9]{4}){3}|[0-9]{4}[ -][0-9]{6}[ -][0-9]{5})(?![0-9.])")
SCHEMES = re.compile(r"3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11,16}|4[0-9]{12}(?:[0-9]{3}){0,2}|5[1-5][0-9]{14}"
                     r"|2[2-7][0-9]{14}|6[0-9]{12,18}|5[06-8][0-9]{11,17}|35[0-9]{14,17}")
# Numbers that the schemes and PSPs publish for tests; none was ever given to a person.
TEST_CARDS = {
    "4242424242424242": "Stripe's Visa", "4000056655665556": "Stripe's Visa debit", "4000000000000002": "Stripe's declined",
    "5555555555554444": "Stripe's Mastercard", "378282246310005": "American Express's", "371449635398431": "American Express's",
    "6011111111111117": "Discover's", "3056930009020004": "Diners Club's", "36227206271667": "Diners Club's",
    "30569309025904": "Diners Club's", "3566002020360505": "JCB's", "6200000000000005": "UnionPay's",
    "6205500000000000004": "UnionPay's, 19 digits", "2223003122003222": "Mastercard's second range",
    "4111111111111111": "Adyen's Visa", "4222222222222": "Visa's, 13 digits", "4012888888881881": "Visa's",
    "5105105105105100": "Mastercard's", "5200828282828210": "Stripe's Mastercard debit", "6011000990139424": "Discover's",
    "4000000000000006": "made up, 16 digits", "4000000000000000006": "made up, 19 digits",
}
# Values that look like secrets and are none, each with its reason.
HARMLESS = {
    "a-pepper-of-the-tests-0123456789abcdef": "the tests' pepper, for clusters that live for seconds",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": "the published example of Standard Webhooks",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS": "the same, cut off", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa": "the same",
    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE": "base64 of digits that count",
    "word": "a password of tests about URLs", "4242424242424242": "a test card in the place of one",
    "hush": "a password of tests about what is hidden", "wrong-secret": "the same",
}
# Files of which a rule says nothing, with the reason.
EXEMPT = {
    ("fuzz/corpus/", "card number"): "digits that a fuzzer made out of the numbers above",
}
PLACEHOLDER = re.compile(r"[{}$<>*…%]|^(?:password|passwd|secret|pass|pw|hunter2|user|your.*|example.*)$|^(.)\1+$", re.IGNORECASE)


def passes_luhn(digits):
    doubled = [int(c) for c in digits[-2::-2]]
    return (sum(int(c) for c in digits[-1::-2]) + sum(2 * d - 9 if d > 4 else 2 * d for d in doubled)) % 10 == 0


def is_card(text):
    digits = re.sub(r"[ -]", "", text)
    return bool(SCHEMES.fullmatch(digits)) and passes_luhn(digits) and digits not in TEST_CARDS


def is_random(value):
    """A made-up value repeats itself or counts; a secret does not."""
    return len(set(value)) >= 10 and not re.search(r"0123456789|123456789|abcdefghij|(.{1,6})\1\1", value, re.IGNORECASE)


def found_in(text):
    """(offset, rule) of all that a text should not hold."""
    for rule, pattern in RULES.items():
        for match in pattern.finditer(text):
            value = match["value"]
            if value in HARMLESS or PLACEHOLDER.search(value):
                continue
            if rule in ("password in a URL", "private key") or is_random(value):
                yield match.start(), rule
    for match in DIGITS.finditer(text):
        if is_card(match[0]):
            yield match.start(), "card number"


def problems(name, content):
    text = content.decode("latin-1")
    for offset, rule in found_in(text):
        if not any(name.startswith(prefix) and rule == exempt for prefix, exempt in EXEMPT):
            yield f"{name}:{text.count(chr(10), 0, offset) + 1}: looks like a {rule}"


def git(*arguments, **options):
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, **options).stdout


def present():
    names = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            yield name, (ROOT / name).read_bytes()


def history():
    listed = git("rev-list", "--all", "--objects").decode(errors="replace").splitlines()
    names = dict(line.split(" ", 1) for line in listed if " " in line)
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as objects:
        for blob, name in names.items():
            objects.stdin.write(f"{blob}\n".encode())
            objects.stdin.flush()
            _, kind, size = objects.stdout.readline().split()
            content = objects.stdout.read(int(size) + 1)[:-1]
            if kind == b"blob":
                yield f"{name}@{blob[:10]}", content
        objects.stdin.close()


def self_test():
    secret = "Zq9" + "Xw4Rt7Yp2Lk8Vb3Nm6Cs1Dj5Fh0Ga"
    card = next(number for number in map(str, range(4716_1059_5268_0000, 4716_1059_5268_0010)) if passes_luhn(number))
    must_find = ["sk_" + "live_" + secret, "sk_" + "test_" + secret, "whsec_" + secret, "AKIA" + "QW3ERTY7UIOP9ASD",
                 "-----BEGIN " + "PRIVATE KEY-----\n" + secret + secret, "postgres" + "://florin:" + "s3cr3t!@db/florin",
                 'password = "' + secret + '"', '"api_key": "' + secret + '"', card,
                 f"{card[:4]} {card[4:8]}-{card[8:12]} {card[12:]}"]
    must_pass = ["sk_test_simulator", "sk_live_" + "x" * 30, "postgresql://user:password@host/db", "postgresql://u:{secret}@/x",
                 "4242424242424242", "1234567890123", "pay_01920000-0000-7000-8000-000000000001", 'secret = "short"',
                 "https://api.stripe.com", "-----BEGIN " + "CERTIFICATE-----"]
    wrong = [f"self-test: should be found: rule {i}" for i, text in enumerate(must_find) if not list(found_in(text))]
    wrong += [f"self-test: should pass: {text}" for text in must_pass if list(found_in(text))]
    return wrong


def main():
    if "--self-test" in sys.argv[1:]:
        wrong = self_test()
        print("\n".join(wrong) if wrong else "check_secrets: the rules can fail")
        return 1 if wrong else 0
    files = list(history() if "--history" in sys.argv[1:] else present())
    wrong = [sentence for name, content in files for sentence in problems(name, content)]
    print("\n".join(wrong) if wrong else f"check_secrets: {len(files)} files hold no secret and no card number")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
