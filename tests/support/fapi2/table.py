"""docs/conformance.md, written from the tests themselves so that it cannot drift.

`python -m tests.support.fapi2.table` writes it; `tests/contract/test_conformance_table.py` compares.
"""

import ast
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
DOCUMENT = CHECKOUT / "docs" / "conformance.md"
TESTS = CHECKOUT / "tests" / "contract"
FAPI = "fapi2-security-profile-final-"

# The 56 modules of `fapi2-security-profile-final-test-plan` for plain FAPI, `private_key_jwt` and DPoP, and in the
# same order; read in openid-certification/conformance-suite, src/main/java/net/openid/conformance/fapi2spfinal.
FAPI_MODULES = (
    "discovery-end-point-verification",
    "happy-flow",
    "user-rejects-authentication",
    "ensure-authorization-request-without-state-success",
    "ensure-authorization-request-without-nonce-success",
    "ensure-request-object-with-64-char-nonce-success",
    "ensure-other-scope-order-succeeds",
    "test-claims-parameter-identity-claims",
    "access-token-type-header-case-sensitivity",
    "check-dpop-proof-nbf-exp",
    "ensure-dpopproof-with-iat-10seconds-before-succeeds",
    "ensure-dpopproof-with-iat-10seconds-after-succeeds",
    "ensure-mismatched-dpop-jkt-fails",
    "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
    "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
    "ensure-dpopproof-at-par-endpoint-binding-success",
    "ensure-dpop-auth-code-binding-success",
    "ensure-different-nonce-inside-and-outside-request-object",
    "ensure-different-state-inside-and-outside-request-object",
    "ensure-request-object-with-long-nonce",
    "ensure-request-object-with-long-state",
    "state-only-outside-request-object-not-used",
    "ensure-request-object-without-redirect-uri-fails",
    "plain-fapi-ensure-registered-redirect-uri",
    "ensure-unsigned-authorization-request-without-using-par-fails",
    "ensure-redirect-uri-in-authorization-request",
    "ensure-response-type-code-idtoken-fails",
    "ensure-response-type-token-fails",
    "ensure-client-id-in-token-endpoint",
    "ensure-holder-of-key-required",
    "ensure-authorization-code-is-bound-to-client",
    "attempt-reuse-authorization-code-after-one-second",
    "ensure-token-endpoint-fails-with-expired-auth-code",
    "ensure-signed-client-assertion-with-RS256-fails",
    "ensure-client-assertion-in-token-endpoint",
    "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
    "ensure-client-assertion-with-wrong-aud-fails",
    "ensure-client-assertion-with-no-sub-fails",
    "dpop-negative-tests",
    "refresh-token",
    "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
    "par-attempt-reuse-request_uri",
    "par-attempt-to-use-expired-request_uri",
    "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
    "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
    "par-attempt-to-use-request_uri-for-different-client",
    "par-authorization-request-containing-request_uri-form-param",
    "par-attempt-invalid-http-method",
    "par-ensure-pkce-required",
    "ensure-pkce-code-verifier-required",
    "incorrect-pkce-code-verifier-rejected",
    "par-plain-pkce-rejected",
    "par-without-duplicate-parameters",
    "par-test-array-as-audience-fails",
    "par-test-par-endpoint-url-as-audience-fails",
    "par-test-token-endpoint-url-as-audience-fails",
)

# The 38 modules of `oidcc-basic-certification-test-plan`, and one of the dynamic plan that applies too.
BASIC_MODULES = (
    "server",
    "response-type-missing",
    "idtoken-signature",
    "idtoken-unsigned",
    "userinfo-get",
    "userinfo-post-header",
    "userinfo-post-body",
    "ensure-request-without-nonce-succeeds-for-code-flow",
    "scope-profile",
    "scope-email",
    "scope-address",
    "scope-phone",
    "scope-all",
    "ensure-other-scope-order-succeeds",
    "display-page",
    "display-popup",
    "prompt-login",
    "prompt-none-not-logged-in",
    "prompt-none-logged-in",
    "max-age-1",
    "max-age-10000",
    "ensure-request-with-unknown-parameter-succeeds",
    "id-token-hint",
    "login-hint",
    "ui-locales",
    "claims-locales",
    "ensure-request-with-acr-values-succeeds",
    "codereuse",
    "codereuse-30seconds",
    "ensure-registered-redirect-uri",
    "ensure-post-request-succeeds",
    "server-client-secret-post",
    "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "claims-essential",
    "ensure-request-object-with-redirect-uri",
    "refresh-token",
    "ensure-request-with-valid-pkce-succeeds",
    "server-rotate-keys",
)

# The tests of Inferno's suite `smart_stu2_2` about a server, by their ids; its two about introspection have none.
SMART_TESTS = (
    "well-known-endpoint",
    "well-known-capabilities-stu2",
    "smart-cors-well-known-endpoint",
    "smart-cors-metadata-request",
    "smart-tls",
    "smart-app-redirect-stu2",
    "smart-code-received",
    "smart-token-exchange-stu2-2",
    "smart-token-response-body-stu2-2",
    "smart-token-response-headers",
    "smart-cors-token-exchange",
    "smart-openid-decode-id-token",
    "smart-openid-retrieve-configuration",
    "smart-openid-required-configuration-fields",
    "smart-openid-retrieve-jwks",
    "smart-openid-token-header",
    "smart-openid-token-payload",
    "smart-openid-fhir-user-claim",
    "smart-cors-openid-fhir-user-claim",
    "smart-token-refresh",
    "smart-token-refresh-with-scopes",
    "smart-token-refresh-body",
    "smart-app-launch",
    "smart-launch-received",
    "token-introspection-response-of-an-active-token",
    "token-introspection-response-of-an-invalid-token",
    "smart-backend-services-invalid-grant-type",
    "smart-backend-services-invalid-client-assertion",
    "smart-backend-services-invalid-jwt",
    "smart-backend-services-auth-request-success",
    "smart-backend-services-auth-response-body",
)

NOT_APPLICABLE = {
    "smart-tls": "TLS belongs to the balancer in front",
    f"{FAPI}ensure-registered-redirect-uri": "left out for plain FAPI by the plan itself, where "
    "`plain-fapi-ensure-registered-redirect-uri` takes its place; ours is the stricter of the two",
    "oidcc-idtoken-unsigned": "ID tokens are always signed; the module is skipped for such servers",
    "oidcc-userinfo-post-body": "access tokens are taken from the Authorization header alone (RFC 6750 section 2.1; "
    "FAPI 2.0 section 5.3.4-2 forbids the query, RFC 9700 advises against the body)",
    "oidcc-scope-email": "no scope `email`: an app reaches a resident through notices, and learns no address",
    "oidcc-scope-address": "no scope `address`: an address is shown by the service that holds it, under its own scope",
    "oidcc-scope-phone": "no scope `phone`, as for `email`",
    "oidcc-scope-all": "as the three above; `profile` is covered by `oidcc-scope-profile`",
    "oidcc-server-client-secret-post": "`client_secret_post` is not offered: secrets in bodies end up in logs",
    "oidcc-claims-essential": "the `claims` parameter is not offered and says so in the metadata",
}

HEAD = """# Conformance

What the OpenID Foundation's conformance suite asks of an authorization server, as tests of ours under the same names
(hyphens become underscores). They are black box: the suite is served over HTTP on a port, and a small client that
shares no code with it (`tests/support/fapi2`) pushes requests, signs people in by the plain forms, redeems codes and
calls `/ebills/v1/bills`. Read as the specification: the module's Java source in
`openid-certification/conformance-suite`; nothing of it was copied. Where a module accepts several answers and we give
the strictest, the test asks for that one.

This page is written from the tests by `python -m tests.support.fapi2.table` and compared by
`tests/contract/test_conformance_table.py`.

Not ours to show: TLS versions and ciphers (parts of `happy-flow` and `ensure-holder-of-key-required`) belong to the
balancer in front. Where a module waits for a minute, the tests let the server's clock run ahead instead.
"""

COUNTRIES = """
Modules of country and sector profiles do not apply, as the plan leaves them out for plain FAPI: Brazil
(`FAPI2SPFinalBrazil…`), Australia (`FAPI2SPFinalAustraliaConnectId…`, `FAPI2SPFinalCdr…`), the United Kingdom
(`FAPI2SPFinalEnsureServerHandlesNonMatchingIntentId`, `FAPI2SPFinalTestEssentialAcrScaClaim`), the Emirates (CBUAE),
Saudi Arabia (`FAPI2SPFinalKsa…`), Chile, grant management and OpenID4VCI. The modules about signed request objects
belong to the Message Signing plan; our own tests of RFC 9101 are `tests/api/test_oauth_par.py`.
"""


SMART = """
Read as the specification: `inferno-framework/smart-app-launch-test-kit`; nothing of it was copied. These run
in process.
Both launches were also played by hand with an independent client (npm `fhirclient` 2.6.3 in Node) against a served
demo:
standalone as a resident, and opened by a practitioner from `/console/health/apps`; each read the patient, the user and
every page of observations, and refreshed.
"""


def all_modules() -> dict[str, tuple[str, ...]]:
    """Every module by the title of its part."""
    return {
        "FAPI 2.0 Security Profile Final": tuple(f"{FAPI}{name}" for name in FAPI_MODULES),
        "OpenID Connect Core, Basic OP": tuple(f"oidcc-{name}" for name in BASIC_MODULES),
        "SMART App Launch STU 2.2, Inferno": SMART_TESTS,
    }


def test_of(module: str) -> str:
    """The name of the test of a module."""
    return f"test_{module.replace('-', '_')}"


test_of.__test__ = False  # type: ignore[attr-defined]


def written_tests() -> dict[str, str]:
    """Every test function below tests/contract/fapi2 and oidc, with its file."""
    found = {}
    for folder in ("fapi2", "oidc", "smart"):
        for path in sorted((TESTS / folder).glob("test_*.py")):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    found[node.name] = str(path.relative_to(CHECKOUT))
    return found


def blocks() -> list[str]:
    """The blocks of `dpop-negative-tests`, as its parameters are named."""
    path = TESTS / "fapi2" / "test_dpop_negative_tests.py"
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "BLOCKS":
            assert isinstance(node.value, ast.Dict)
            return [str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)]
    raise AssertionError("no BLOCKS")


def document() -> str:
    """The whole page."""
    tests = written_tests()
    parts = [HEAD]
    for title, modules in all_modules().items():
        parts.append(f"\n## {title}\n\n| module | test, or why there is none |\n|---|---|\n")
        for module in modules:
            name = test_of(module)
            shown = f"`{tests[name]}`" if name in tests else f"does not apply: {NOT_APPLICABLE[module]}"
            parts.append(f"| `{module}` | {shown} |\n")
        if title.startswith("SMART"):
            parts.append(SMART)
        if title.startswith("FAPI"):
            reason = NOT_APPLICABLE[f"{FAPI}ensure-registered-redirect-uri"]
            parts.append(f"| `{FAPI}ensure-registered-redirect-uri` | does not apply: {reason} |\n")
            parts.append(COUNTRIES)
            parts.append("\n### The blocks of `dpop-negative-tests`\n\n")
            parts += [f"{number}. `{name}`\n" for number, name in enumerate(blocks(), 1)]
    return "".join(parts)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
