"""Where the bot's tokens come from, for sign-in servers of several kinds."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.errors import TryLater
from bot.handlers.teams.login import Login
from bot.handlers.teams.registration import Registration, trust
from bot.playground.stands.serving import Serving


class SignIn:
    """Issues numbered tokens at Entra's documented address, and publishes metadata or not."""

    def __init__(self) -> None:
        self.url = ""
        self.issued = 0
        self.metadata: Response | None = None
        self.answer: Response | None = None

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/t1/v2.0/.well-known/openid-configuration", self.told),
                Route("/t1/oauth2/v2.0/token", self.token, methods=["POST"]),
                Route("/t1/elsewhere", self.token, methods=["POST"]),
            ]
        )

    async def told(self, _request: Request) -> Response:
        return self.metadata or Response(status_code=404)

    async def token(self, request: Request) -> Response:
        asked = await request.form()
        assert asked["scope"] == "https://api.botframework.com/.default"
        if self.answer is not None:
            return self.answer
        self.issued += 1
        where = request.url.path.rpartition("/")[2]
        return JSONResponse({"access_token": f"{where} {self.issued}", "expires_in": 3599, "token_type": "Bearer"})


@pytest.fixture(scope="module")
def served() -> Iterator[SignIn]:
    sign_in = SignIn()
    with Serving(sign_in.app()) as serving:
        sign_in.url = serving.url
        yield sign_in


@pytest.fixture
def sign_in(served: SignIn) -> SignIn:
    served.issued, served.metadata, served.answer = 0, None, None
    return served


@pytest.fixture
def login(sign_in: SignIn) -> Login:
    return Login(Registration(app_id="app", password="secret", tenants=("t1",), login_url=sign_in.url))


def test_a_token_is_kept_while_it_lasts(login: Login) -> None:
    assert [login.token(), login.token()] == ["token 1", "token 1"]


def test_a_forgotten_token_is_asked_for_anew(login: Login) -> None:
    login.token()
    login.forget()
    assert login.token() == "token 2"


def test_what_the_metadata_says_holds(login: Login, sign_in: SignIn) -> None:
    at = f"{sign_in.url}/t1"
    sign_in.metadata = JSONResponse(
        {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/elsewhere"}
    )
    assert login.token() == "elsewhere 1"


@pytest.mark.parametrize("answer", [
    pytest.param(JSONResponse({"error": "invalid_client"}, status_code=401), id="a refusal"),
    pytest.param(Response("<html>", status_code=200), id="a page"),
    pytest.param(Response(status_code=503), id="an outage"),
    pytest.param(JSONResponse({"token_type": "Bearer"}), id="no token"),
])  # fmt: skip
def test_without_a_token_it_is_for_later(login: Login, sign_in: SignIn, answer: Response) -> None:
    sign_in.answer = answer
    with pytest.raises(TryLater) as caught:
        login.token()
    assert "secret" not in str(caught.value)


def test_metadata_that_makes_no_sense_is_for_later_and_then_forgotten(login: Login, sign_in: SignIn) -> None:
    sign_in.metadata = Response("<html>")
    with pytest.raises(TryLater):
        login.token()


def test_the_operators_own_authority_is_trusted_beside_the_usual_ones(tmp_path: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=Acme Root")
    begins, ends = datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begins, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path / "ca.pem"
    file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    assert len(trust(file).get_ca_certs()) == len(trust(None).get_ca_certs()) + 1


def test_nothing_heavy_is_imported_before_the_first_activity() -> None:
    """botbuilder alone costs half a second and forty megabytes."""
    lines = """
        import sys
        from bot.core.clock import SystemClock
        from bot.handlers.teams import app, surface
        from bot.handlers.teams.registration import Registration
        registration = Registration(app_id="a", password="p")
        app.routes(registration, keep=print, answer_now=print, clock=SystemClock())
        surface.surface(registration)
        print([name for name in ("botbuilder", "botframework", "msal", "httpx", "jwt") if name in sys.modules])
    """
    script = "\n".join(line.strip() for line in lines.splitlines())
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
