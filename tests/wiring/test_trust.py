"""The operator's own certificate authorities, on the way to Slack."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.wiring.trust import trust


def authority(name: str, file: Path) -> Path:
    """A certificate authority of one's own, as a PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    began = datetime.now(UTC) - timedelta(days=1)
    signed = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return file


def test_the_operators_authority_is_trusted_and_names_are_checked_all_the_same(tmp_path: Path) -> None:
    told = trust(authority("Acme's own", tmp_path / "ca.pem"))
    assert told is not None
    names = {str(dict(part[0] for part in one["subject"]).get("commonName")) for one in told.get_ca_certs()}
    assert "Acme's own" in names
    assert told.check_hostname


def test_where_there_is_none_the_usual_ones_stand() -> None:
    assert trust(None) is None
