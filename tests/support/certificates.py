"""Certificates of clients and the authorities that issue them, and the header by which a proxy passes them on."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from joserfc.jwk import ECKey

SUBJECT = "CN=api.pharmacy.example,O=Ankang Pharmacy,C=CN"


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def rfc9440(self) -> str:
        return f":{b64encode(self.der).decode()}:"

    @property
    def nginx(self) -> str:
        return quote(self.certificate.public_bytes(Encoding.PEM).decode(), safe="")

    def jwk(self, kid: str = "k1") -> dict[str, Any]:
        key = ECKey.import_key(self.key.public_key())
        return {**key.as_dict(private=False), "kid": kid, "x5c": [b64encode(self.der).decode()]}

    def write(self, path: Path) -> Path:
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path


def new_certificate(
    subject: str = SUBJECT,
    *,
    by: Issued | None = None,
    is_authority: bool = False,
    names: tuple[x509.GeneralName, ...] = (),
    uses: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
    days: tuple[int, int] = (-1, 30),
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string(subject)
    at = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at + timedelta(days=days[0]))
        .not_valid_after(at + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if uses and not is_authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)
