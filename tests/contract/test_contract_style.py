"""The contract as a document: valid OpenAPI 3.1, and our own rules of style. Needs no running gateway."""

import re

import jsonschema
import pytest
import yaml

from harness.processes import ROOT

TEXT = (ROOT / "api" / "openapi.yaml").read_text()
CONTRACT = yaml.safe_load(TEXT)
SCOPES = {"read", "write", "refund", "admin"}
METHODS = ("get", "post", "put", "patch", "delete")
# A method that a path does not have is no operation, so that its answer (405) stands in the introduction alone.
NOT_IN_OPERATIONS = {"method_not_allowed"}


def resolve(node):
    while "$ref" in node:
        target = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = {**target, **{name: value for name, value in node.items() if name != "$ref"}}
    return node


def operations():
    for path, item in CONTRACT["paths"].items():
        for method in METHODS:
            if method in item:
                yield pytest.param(method, path, item[method], id=item[method].get("operationId", f"{method} {path}"))


OPERATIONS = list(operations())


def walk(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


def codes_of(schema):
    """The codes that a schema of problems allows."""
    found = set()
    for node in walk(schema):
        code = node.get("properties", {}).get("code", {}) if isinstance(node, dict) else {}
        found |= {code["const"]} if "const" in code else set(code.get("enum", ()))
    return found


def test_the_contract_is_valid_openapi_3_1():
    from openapi_spec_validator import validate
    validate(CONTRACT)
    assert CONTRACT["openapi"].startswith("3.1")


@pytest.mark.parametrize("method,path,operation", OPERATIONS)
def test_every_operation_says_what_it_is_for(method, path, operation):
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation["operationId"])
    assert operation["summary"].endswith(".") and len(operation["summary"]) < 100
    assert operation["description"].strip().endswith(".")
    assert operation["tags"] and set(operation["tags"]) <= {tag["name"] for tag in CONTRACT["tags"]}


@pytest.mark.parametrize("method,path,operation", OPERATIONS)
def test_every_operation_names_its_scope_and_what_refuses_it(method, path, operation):
    security = operation["security"]
    expected = {"400", "431", "500"}
    if security == [{"stripeSignature": []}]:
        assert {"400", "401", "408", "413", "431", "500", "503"} <= set(operation["responses"])
        return  # no key, no scope, and the event's own id in place of an Idempotency-Key
    if security:
        assert all(len(scopes) == 1 and set(scopes) <= SCOPES for choice in security for scopes in choice.values()), security
        expected |= {"401", "403", "429", "503"}
    if "{" in path:
        expected.add("404")
    if method == "post":
        expected |= {"408", "409", "413", "415", "422"}
        names = [resolve(parameter)["name"] for parameter in operation["parameters"]]
        assert "Idempotency-Key" in names
    assert expected <= set(operation["responses"]), expected - set(operation["responses"])


@pytest.mark.parametrize("method,path,operation", OPERATIONS)
def test_every_answer_has_its_headers_media_type_codes_and_an_example(method, path, operation):
    for status, response in operation["responses"].items():
        response = resolve(response)
        headers = set(response["headers"])
        assert response["description"].strip().endswith("."), status
        assert "X-Request-Id" in headers, status
        assert ("Retry-After" in headers) >= (status in ("409", "429", "503")), status
        assert ("WWW-Authenticate" in headers) == (status == "401"), status
        for media, content in response["content"].items():
            assert content["examples"], f"{status} {media}"
            if int(status) >= 400:
                assert media == "application/problem+json", status
                assert codes_of(content["schema"]), f"{status} does not bound its codes"
                assert {resolve(example)["value"]["status"] for example in content["examples"].values()} == {int(status)}
                assert {resolve(example)["value"]["code"] for example in content["examples"].values()} <= \
                    codes_of(content["schema"]), status


@pytest.mark.parametrize("method,path,operation", OPERATIONS)
def test_every_request_has_examples_and_is_closed_to_unknown_fields(method, path, operation):
    for parameter in map(resolve, operation.get("parameters", []) + CONTRACT["paths"][path].get("parameters", [])):
        assert parameter["description"].endswith(".") and "example" in parameter, parameter["name"]
        jsonschema.Draft202012Validator({**parameter["schema"], "components": CONTRACT["components"]}).validate(
            parameter["example"])
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        assert content["examples"]
        for node in walk(resolve(content["schema"])):
            if isinstance(node, dict) and node.get("type") == "object":
                assert "additionalProperties" in node and node["additionalProperties"] is not True, node


def test_every_schema_of_an_object_in_an_answer_is_closed_too():
    inherited = {name for name in CONTRACT["components"]["schemas"] if name.endswith("Fields")}  # closed where they are used
    for name, schema in CONTRACT["components"]["schemas"].items():
        for node in walk(schema) if name not in inherited else ():
            if isinstance(node, dict) and node.get("type") == "object":
                assert {"additionalProperties", "unevaluatedProperties"} & set(node), f"{name}: {node}"


def test_every_reference_leads_somewhere_and_every_component_is_used():
    used = {node["$ref"] for node in walk(CONTRACT) if isinstance(node, dict) and "$ref" in node}
    for reference in used:
        assert resolve({"$ref": reference})
    for kind, components in CONTRACT["components"].items():
        for name in components if kind != "securitySchemes" else ():
            assert f"#/components/{kind}/{name}" in used, f"{kind}/{name} is not used"
    schemes = {scheme for _, _, operation in (case.values for case in OPERATIONS)
               for choice in operation["security"] for scheme in choice}
    assert schemes == set(CONTRACT["components"]["securitySchemes"])


def test_operation_ids_differ_and_links_lead_to_operations():
    names = [operation["operationId"] for _, _, operation in (case.values for case in OPERATIONS)]
    assert len(names) == len(set(names))
    links = [node["operationId"] for node in walk(CONTRACT) if isinstance(node, dict) and "operationId" in node
             and "responses" not in node]
    assert set(links) <= set(names)
    of_a_payment = {operation["operationId"] for _, path, operation in (case.values for case in OPERATIONS)
                    if "{payment_id}" in path}
    assert of_a_payment <= set(links), "what is made can be followed to everything that is done with it"


def test_the_codes_of_the_contract_the_program_and_the_error_pages_are_the_same():
    codes = CONTRACT["components"]["schemas"]["ErrorCode"]["enum"]
    body = re.search(r"enum class Error[^{]*\{(.*?)\};", (ROOT / "src/base/error.hpp").read_text(), re.S)[1]
    assert codes == re.findall(r"^ {4}(\w+),", body, re.M), "in the order of the program"
    assert sorted(codes) == sorted(re.findall(r"^## ([a-z_]+)$", (ROOT / "docs/errors.md").read_text(), re.M))
    answered = {code for _, _, operation in (case.values for case in OPERATIONS)
                for response in operation["responses"].values()
                for content in resolve(response).get("content", {}).values() for code in codes_of(content["schema"])}
    assert answered | NOT_IN_OPERATIONS == set(codes) - {"overflow"}


def test_the_types_of_events_are_those_of_the_program():
    words = re.findall(r'\{EventType::\w+, "([a-z._]+)"\}', (ROOT / "src/payments/event.cpp").read_text())
    assert words and CONTRACT["components"]["schemas"]["EventType"]["enum"] == words


def test_the_currencies_of_the_contract_are_those_of_the_program():
    table = re.findall(r'\{"([A-Z]{3})", \d\}', (ROOT / "src/base/currency.cpp").read_text())
    assert len(table) > 150 and CONTRACT["components"]["schemas"]["Currency"]["enum"] == table


def test_the_contract_and_the_table_of_routes_name_the_same_paths_methods_and_scopes():
    rows = re.findall(r'\{"([A-Z]+)", "(/[^"]*)",\s*\w+,\s*Access::(\w+),', (ROOT / "src/api/routes.cpp").read_text())
    table = {(method.lower(), re.sub(r"\{\w+\}", "{}", path)): access for method, path, access in rows}
    assert len(table) == len(rows) > 14
    described = {(method, re.sub(r"\{\w+\}", "{}", path)):
                 "open" if not operation["security"] else "signature" if "stripeSignature" in operation["security"][0]
                 else operation["security"][0]["apiKey"][0]
                 for method, path, operation in (case.values for case in OPERATIONS)}
    assert described == table


def test_lines_are_at_most_130_characters():
    assert [line for line in TEXT.splitlines() if len(line) > 130] == []
