"""How registration is shown in OpenAPI."""

from typing import Any

from marshmallow import Schema, fields

from services.gateway.oauth.registration.metadata import FLAGS


class RegistrationSchema(Schema):
    """RFC 7591 section 2; members that are not known are ignored."""

    redirect_uris = fields.List(fields.String(), metadata={"example": ["https://client.example/callback"]})
    client_name = fields.String(metadata={"example": "安康药房"})
    token_endpoint_auth_method = fields.String(metadata={"example": "private_key_jwt"})
    grant_types = fields.List(fields.String(), metadata={"example": ["authorization_code"]})
    response_types = fields.List(fields.String(), metadata={"example": ["code"]})
    scope = fields.String(metadata={"example": "openid ebills:read"})
    jwks_uri = fields.Url(metadata={"example": "https://client.example/jwks.json"})
    jwks = fields.Dict()
    post_logout_redirect_uris = fields.List(fields.String())


class RegisteredSchema(RegistrationSchema):
    """RFC 7591 section 3.2.1 and RFC 7592 section 3."""

    client_id = fields.String(required=True)
    client_secret = fields.String()
    client_secret_expires_at = fields.Integer()
    client_id_issued_at = fields.Integer()
    registration_access_token = fields.String(required=True)
    registration_client_uri = fields.Url(required=True, require_tld=False)


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "redirect_uris": {"type": "array", "items": {"type": "string"}},
                        "client_name": {"type": "string"},
                        "token_endpoint_auth_method": {"type": "string"},
                        "grant_types": {"type": "array", "items": {"type": "string"}},
                        "response_types": {"type": "array", "items": {"type": "string"}},
                        "scope": {"type": "string"},
                        "jwks_uri": {"type": "string"},
                        "jwks": {"type": "object"},
                        **{name: {"type": "boolean"} for name in FLAGS},
                    },
                },
                "example": {
                    "client_name": "安康药房",
                    "redirect_uris": ["https://client.example/callback"],
                    "token_endpoint_auth_method": "none",
                    "scope": "openid ebills:read",
                },
            }
        },
    }
}
