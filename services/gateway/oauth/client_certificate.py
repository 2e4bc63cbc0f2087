"""The certificate with which a client opened its TLS connection, as the proxy in front of us passes it on.

A header can be sent by anybody, so it counts only when the machine at the other end of the connection is one of
the proxies that the settings name; without any, it never counts. The proxy must remove what clients send under
that name. That the client has the private key was shown in the proxy's TLS handshake; everything else, also who
issued the certificate, is checked here.

Standard: RFC 8705, RFC 9440 section 2.1 (`Client-Cert`), and nginx's `$ssl_client_escaped_cert`.
"""

import hashlib
import ipaddress
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from flask import Request, current_app
from joserfc.jwk import Key

from services.settings import Settings

MOST_BYTES = 16 * 1024
PEM = "-----BEGIN"
BEFORE_PROXIES = "werkzeug.proxy_fix.orig"


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate that is well formed; whose it is, and whether it holds now, is asked separately."""

    der: bytes
    certificate: x509.Certificate

    @property
    def thumbprint(self) -> str:
        """`x5t#S256` of RFC 8705 section 3.1."""
        return urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()

    def is_valid_at(self, at: datetime) -> bool:
        """Whether the instant lies in its term."""
        return self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc


class CertificateReader:
    """Reads the certificates of requests by one process's settings, and knows who may have issued them."""

    def __init__(self, settings: Settings) -> None:
        self._header = settings.client_certificate_header
        self._proxies = settings.client_certificate_proxies
        path = settings.client_certificate_authorities
        self._authorities = () if path is None else load_authorities(path)

    @property
    def methods(self) -> tuple[str, ...]:
        """The ways of client authentication that are open here: none without a proxy that passes certificates on."""
        if self._header is None:
            return ()
        issued = ("tls_client_auth",) if self._authorities else ()
        return (*issued, "self_signed_tls_client_auth")

    def read(self, request: Request) -> ClientCertificate | None:
        """The certificate of this request's connection; None where there is none, or none that we may believe."""
        if self._header is None or not _is_proxy(request, self._proxies):
            return None
        values = request.headers.getlist(self._header)
        return parse_header(values[0]) if len(values) == 1 else None

    def is_issued(self, presented: ClientCertificate, at: datetime) -> bool:
        """Whether an authority that the settings name issued it, for a client, and it holds now."""
        return is_issued_by(presented, self._authorities, at)


def current_certificates() -> CertificateReader:
    """The reader of the running app."""
    reader: CertificateReader = current_app.extensions["citizen_certificates"]
    return reader


def _is_proxy(request: Request, proxies: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether the machine that is connected to us, not the one it speaks for, is a proxy of ours."""
    original = request.environ.get(BEFORE_PROXIES) or {}
    address = original.get("REMOTE_ADDR") or request.environ.get("REMOTE_ADDR") or ""
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in network for network in proxies)


def parse_header(value: str) -> ClientCertificate | None:
    """One certificate, as `:base64:` of RFC 9440 or as percent-encoded PEM; None when it is neither."""
    if not value or len(value) > MOST_BYTES:
        return None
    try:
        if value.startswith(":") and value.endswith(":") and len(value) > 2:
            certificate = x509.load_der_x509_certificate(b64decode(value[1:-1], validate=True))
        elif value.startswith(PEM):
            # The plus sign is a character of base64 here: form decoding would make it a space.
            (certificate,) = x509.load_pem_x509_certificates(unquote(value, errors="strict").encode("ascii"))
        else:
            return None
        return ClientCertificate(certificate.public_bytes(Encoding.DER), certificate)
    except (ValueError, TypeError):
        return None


def load_authorities(path: Path) -> tuple[x509.Certificate, ...]:
    """The authorities that issue clients' certificates.

    Raises: OSError, ValueError when the file cannot be read as PEM.
    """
    return tuple(x509.load_pem_x509_certificates(path.read_bytes()))


def is_issued_by(
    presented: ClientCertificate, authorities: tuple[x509.Certificate, ...], at: datetime
) -> bool:
    """Whether one of these authorities issued the certificate directly, for a client, and both hold now."""
    return (
        presented.is_valid_at(at)
        and _is_for_clients(presented.certificate)
        and any(_has_issued(authority, presented.certificate, at) for authority in authorities)
    )


def _has_issued(authority: x509.Certificate, issued: x509.Certificate, at: datetime) -> bool:
    if not authority.not_valid_before_utc <= at <= authority.not_valid_after_utc:
        return False
    try:
        if not authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        issued.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return True


def _is_for_clients(certificate: x509.Certificate) -> bool:
    """RFC 5280 section 4.2.1.12: where uses are named, being a TLS client must be among them."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in uses


def is_named(presented: ClientCertificate, names: Mapping[str, str]) -> bool:
    """Whether the certificate bears the one name that the client registered.

    Standard: RFC 8705 section 2.1.2, RFC 4514 and RFC 4517 section 4.2.15 (comparison of distinguished names).
    """
    ((kind, wanted),) = names.items()
    subject = presented.certificate.subject
    if kind == "tls_client_auth_subject_dn":
        return comparable_name(subject) == comparable_name(x509.Name.from_rfc4514_string(wanted))
    try:
        found = presented.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    if kind == "tls_client_auth_san_dns":
        return wanted.lower() in {name.lower() for name in found.get_values_for_type(x509.DNSName)}
    if kind == "tls_client_auth_san_uri":
        return wanted in found.get_values_for_type(x509.UniformResourceIdentifier)
    if kind == "tls_client_auth_san_ip":
        return ip_address(wanted) in found.get_values_for_type(x509.IPAddress)
    return wanted in found.get_values_for_type(x509.RFC822Name)


def is_among(presented: ClientCertificate, key: Key) -> bool:
    """Whether the certificate stands beside a client's registered key, byte for byte.

    Standard: RFC 8705 section 2.2.2, RFC 7517 section 4.7 (`x5c`, the first certificate holds the key).
    """
    chain = key.get("x5c")
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        return False
    try:
        return b64decode(chain[0], validate=True) == presented.der
    except ValueError:
        return False


def comparable_name(name: x509.Name) -> list[frozenset[tuple[str, str]]]:
    """A distinguished name without what does not count: case, outer and repeated spaces, order inside an RDN."""
    return [
        frozenset((one.oid.dotted_string, " ".join(str(one.value).split()).casefold()) for one in part)
        for part in name.rdns
    ]
