"""JSON that must be accepted, and that must be refused: there too where the grammar (RFC 8259) leaves it open.

A value stands where a payment has its description, or as a whole body. Bytes, because half of the cases are no text.
"""

FIELDS = b'"amount":1000,"currency":"USD","payment_method":"pm_card_visa"'


def with_value(value):
    return b"{" + FIELDS + b',"description":' + value + b"}"


def with_amount(value):
    return b'{"currency":"USD","payment_method":"pm_card_visa","amount":' + value + b"}"


# name, body, the description that must come back
ACCEPTED = [
    ("nothing but the fields", b"{" + FIELDS + b"}", None),
    ("white space everywhere", b' \t\r\n{ "amount" :\n1000 , "currency"\t:"USD","payment_method":"pm_card_visa" } \r\n', None),
    ("escaped member name", b'{"\\u0061mount":1000,"currency":"USD","payment_method":"pm_card_visa"}', None),
    ("empty string", with_value(b'""'), ""),
    ("simple escapes", with_value(b'"\\"\\\\\\/\\b\\f\\n\\r\\t"'), '"\\/\b\f\n\r\t'),
    ("escaped letters, both cases", with_value(b'"\\u00e9\\u00E9\\u20ac"'), "éé€"),
    ("surrogate pair", with_value(b'"\\ud83d\\ude00 \\uD834\\uDD1E"'), "😀 𝄞"),
    ("raw four bytes", with_value('"𝒳😀"'.encode()), "𝒳😀"),
    ("last code point", with_value('"\U0010ffff"'.encode()), "\U0010ffff"),
    ("noncharacters", with_value('"\ufffe\uffff\ufdd0"'.encode()), "\ufffe\uffff\ufdd0"),
    ("escaped noncharacter", with_value(b'"\\uFFFF"'), "\uffff"),
    ("control characters, escaped", with_value(b'"\\u0001\\u001f\\u007f"'), "\x01\x1f\x7f"),
    ("raw DEL and C1", with_value('"\x7f\x80\x9f"'.encode()), "\x7f\x80\x9f"),
    ("line separators", with_value('"\u2028\u2029"'.encode()), "\u2028\u2029"),
    ("byte order mark inside", with_value('"a\ufeffb"'.encode()), "a\ufeffb"),
    ("backslash u as text", with_value(b'"\\\\u0000"'), "\\u0000"),
    ("no comment in a string", with_value(b'"/* */ // #"'), "/* */ // #"),
    ("brackets in a string", with_value(b'"[[[{{{"'), "[[[{{{"),
    ("smallest amount", with_amount(b"50"), None),
]

VALUES = [  # refused as a value, wherever it stands
    b"", b"nul", b"NULL", b"True", b"tru", b"falsey", b"undefined", b"NaN", b"nan", b"Infinity", b"-Infinity", b"inf",
    b"'single'", b"`back`", b'"open', b'open"', b'"', b'""x', b'"a" "b"', b'"\\x"', b'"\\a"', b'"\\\'"', b'"\\0"', b'"\\"',
    b'"\\u"', b'"\\u12"', b'"\\u12G4"', b'"\\u{41}"', b'"\\U00000041"', b'"\\u00"', b'"\\ud83d\\"',
    b'"tab\there"', b'"new\nline"', b'"return\rhere"', b'"\x1f"', b'"nul\x00"', b'"\\u0000"',
    b"01", b"-01", b"+1", b"1.", b".5", b"-.5", b"1e", b"1e+", b"1E-", b"0x10", b"0b1", b"0o7", b"1_000", b"1,000", b"1 000",
    b"--1", b"- 1", b"-", b"1a", b"1.2.3", b"1e1e1", b"\xef\xbc\x91", b"0.0", b"1.5", b"1e5", b"1E400", b"-1e-400",
    b"1e99999999999",
    b"9" * 400, b"-" + b"9" * 400, b"18446744073709551616",
    b"[", b"]", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1,,2]", b"[1 2]", b"[1;2]", b"[1:2]", b"[*]", b'["a"', b"(1)", b"[1}",
    b"[...]", b"{", b"}", b"{]", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b"{,}", b'{"a" 1}', b"{a:1}", b"{'a':1}",
    b"{1:1}",
    b'{null:1}', b'{"a":1 "b":2}', b'{"a":1;"b":2}', b'{"a"::1}', b'{"a":1:2}', b'{["a"]:1}', b'{"a":1}}', b'{"a":1,"a":1}',
    b'{"a":1,"\\u0061":2}', b'{"\\u0000":1}', b"<!-- -->", b"/* */ 1", b"// x\n1", b"1 // x", b"#x", b"@", b"$", b"\\", b"\x0c1",
    b"\xc2\xa01", b"\xe2\x80\xa81", b"\xe2\x81\xa01", b"1\x00",
]

BODIES = [  # refused as a whole body
    b"", b" ", b"\n", b"\x00", b"\xef\xbb\xbf{" + FIELDS + b"}", ("{" + FIELDS.decode() + "}").encode("utf-16"),
    ("{" + FIELDS.decode() + "}").encode("utf-16-le"), ("{" + FIELDS.decode() + "}").encode("utf-32"), b"{" + FIELDS,
    b"{" + FIELDS + b",}", b"{" + FIELDS + b"}x", b"{" + FIELDS + b"}}", b"{" + FIELDS + b"}{}", b"{" + FIELDS + b"},",
    b"{" + FIELDS + b"}\x00", b"{" + FIELDS + b"} //", b"x{" + FIELDS + b"}", b"[{" + FIELDS + b"}]",
    b"{" + FIELDS + b',"amount":1000}', b"{" + FIELDS + b',"\\u0061mount":1000}', b'{"\\u0000amount":1000,' + FIELDS + b"}",
    b'"text"', b"1", b"null", b"true", b"[]", b")]}',\n{" + FIELDS + b"}", b"callback({" + FIELDS + b"})",
    b"amount=1000&currency=USD", b"<xml/>", b"---\namount: 1000\n", b"{" + FIELDS + b',"metadata":{"a":"1","a":"2"}}',
    b"{" + FIELDS + b',"metadata":{"a":"1","\\u0061":"2"}}',
]

# Not UTF-8: stray and missing continuations, overlong forms, surrogates, beyond U+10FFFF.
INVALID_UTF8 = [
    b"\x80", b"\xbf", b"\xff", b"\xfe", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe2(\xa1", b"\xf0\x9f\x98", b"\xf0(\x8c\xbc",
    b"\xc0\xaf", b"\xc1\xbf", b"\xc0\x80", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf",
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80",
]

LONE_SURROGATES = [
    b"\\ud800", b"\\udc00", b"\\udfff", b"\\ud83d", b"\\ud83d!", b"\\ud83d\\u0041", b"\\ude00\\ud83d", b"\\ud83d\\ud83d",
    b"\\uD83D\\n",
]

# Integers to the grammar, no amounts to Florin: what they look like is not what they would be taken for.
AMOUNTS = [
    b"0", b"-0", b"-1", b"100.0", b"1.005", b"1000e0", b"1e3", b"1E3", b"10000e-1", b"0.0", b"-0.0", b"1e400", b"-1e400",
    b"100000000", b"2147483648", b"9007199254740993", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808",
    b"-9223372036854775809", b"18446744073709551615", b"18446744073709551616", b"1" + b"0" * 300, b'"100"', b'"1e3"', b'""',
    b"null", b"true", b"false", b"[]", b"[100]", b"{}", b'{"value":100}',
]
