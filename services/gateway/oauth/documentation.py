"""How the endpoints are shown in OpenAPI: forms in, JSON out."""

from typing import Any

from marshmallow import Schema, fields


class TokenSchema(Schema):
    """RFC 6749 section 5.1."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"example": "Bearer"})
    expires_in = fields.Integer(required=True, metadata={"example": 300})
    scope = fields.String(required=True, metadata={"example": "openid ebills:read"})
    id_token = fields.String()
    refresh_token = fields.String()
    issued_token_type = fields.String()
    authorization_details = fields.List(fields.Dict())


class PushedRequestSchema(Schema):
    """RFC 9126 section 2.2."""

    request_uri = fields.String(
        required=True, metadata={"example": "urn:ietf:params:oauth:request_uri:Tn2…43 characters.20261124"}
    )
    expires_in = fields.Integer(required=True, metadata={"example": 90})


class DeviceAuthorizationSchema(Schema):
    """RFC 8628 section 3.2."""

    device_code = fields.String(required=True)
    user_code = fields.String(required=True, metadata={"example": "WDJB-MJHT"})
    verification_uri = fields.Url(required=True, require_tld=False)
    verification_uri_complete = fields.Url(required=True, require_tld=False)
    expires_in = fields.Integer(required=True, metadata={"example": 600})
    interval = fields.Integer(required=True, metadata={"example": 5})


class IntrospectionSchema(Schema):
    """RFC 7662 section 2.2."""

    active = fields.Boolean(required=True)
    token_type = fields.String()
    client_id = fields.String()
    scope = fields.String()
    sub = fields.String()
    aud = fields.List(fields.String())
    iss = fields.String()
    jti = fields.String()
    iat = fields.Integer()
    exp = fields.Integer()
    acr = fields.String()
    auth_time = fields.Integer()
    act = fields.Dict()
    cnf = fields.Dict()


class UserinfoSchema(Schema):
    """OpenID Connect Core section 5.3.2."""

    sub = fields.String(required=True)
    act = fields.Dict()
    name = fields.String()
    verified_claims = fields.Raw(metadata={"description": "Identity Assurance: an object, or a list of them"})


class JwksSchema(Schema):
    """RFC 7517 section 5."""

    keys = fields.List(fields.Dict(), required=True)


class MetadataSchema(Schema):
    """RFC 8414 section 2; the members are those of the standard."""

    issuer = fields.Url(required=True, require_tld=False)
    authorization_endpoint = fields.Url(required=True, require_tld=False)
    token_endpoint = fields.Url(required=True, require_tld=False)
    jwks_uri = fields.Url(required=True, require_tld=False)
    scopes_supported = fields.List(fields.String(), required=True)


class ResourceSchema(Schema):
    """RFC 9728 section 2."""

    resource = fields.Url(required=True, require_tld=False)
    authorization_servers = fields.List(fields.Url(require_tld=False), required=True)
    scopes_supported = fields.List(fields.String(), required=True)


def _form(required: list[str], example: dict[str, str]) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in example}
    schema = {"type": "object", "required": required, "properties": properties}
    content = {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def _refusals(*codes: int) -> dict[str, Any]:
    described = {400: "An OAuth error", 401: "The client did not authenticate"}
    properties = {"error": {"type": "string"}, "error_description": {"type": "string"}}
    schema = {"type": "object", "required": ["error"], "properties": properties}
    return {
        str(code): {
            "description": described[code],
            "content": {"application/json": {"schema": schema}},
        }
        for code in codes
    }


TOKEN = {
    **_form(
        ["grant_type"],
        {
            "grant_type": "authorization_code",
            "code": "Tn2…43 characters.20261124",
            "redirect_uri": "https://client.example/callback",
            "code_verifier": "43 to 128 unreserved characters",
            "client_id": "c-1f0Y…",
        },
    ),
    "responses": _refusals(400, 401),
}
PUSH = {
    **_form(
        ["response_type", "redirect_uri", "scope", "code_challenge", "code_challenge_method"],
        {
            "response_type": "code",
            "redirect_uri": "https://client.example/callback",
            "scope": "openid ebills:read",
            "code_challenge": "43 base64url characters",
            "code_challenge_method": "S256",
            "state": "what the client wants back",
            "client_id": "c-1f0Y…",
        },
    ),
    "responses": _refusals(400, 401),
}
REVOKE = {**_form(["token"], {"token": "the token"}), "responses": _refusals(400, 401)}
INTROSPECT = {**_form(["token"], {"token": "the token"}), "responses": _refusals(400, 401)}
DEVICE = {
    **_form(["scope"], {"scope": "openid ebills:read", "client_id": "c-1f0Y…"}),
    "responses": _refusals(400, 401),
}
BY_FORM = _form([], {"client_id": "c-1f0Y…"})
