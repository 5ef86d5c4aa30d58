import base64
import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailmove_gui.domain.secret import Secret
from mailmove_gui.secrets import Redactor

PASSWORDS = ["hunter2!", 'pä§"1" \\ 密码', "a+b/c d%", "ＦＵＬＬwidth", "xyz \U0001f511 key", "it's-o'clock"]


def sasl_plain(user: str, password: str) -> str:
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def forms(password: str) -> Iterator[str]:
    data = password.encode()
    yield password
    yield repr(password)[1:-1]
    yield repr(data)
    yield repr(repr(data))
    yield ascii(password)
    yield json.dumps(password)
    yield json.dumps(repr(password))
    yield '"' + password.replace("\\", "\\\\").replace('"', '\\"') + '"'
    yield quote(password)
    yield quote(password, safe="").lower() if password.islower() and password.isascii() else quote(password, safe="")
    yield quote_plus(password)
    yield base64.b64encode(data).decode()
    yield base64.urlsafe_b64encode(data).decode()
    yield base64.b64encode(password.encode("utf-16-le")).decode()
    yield repr(password.encode("utf-16-le"))
    yield password.encode("utf-16-le").decode("latin-1")
    yield data.hex()
    for user in ("a", "ab", "abc", "安娜@example"):
        yield sasl_plain(user, password)
    yield base64.b64encode(f"user=anna pass={password} and more".encode()).decode()


@pytest.mark.parametrize("password", PASSWORDS)
def test_every_form_is_struck_out(password: str) -> None:
    redactor = Redactor([Secret(password)])
    for form in forms(password):
        told = redactor.redact(f"<AUTHENTICATE {form}>")
        if form == password.encode("utf-16-le").decode("latin-1") and not password.isascii():
            continue  # bytes misread as Latin-1: not a form that text can be searched for
        assert form not in told, form
        assert "***" in told
        assert told.startswith("<AUTHENTICATE ")


@settings(database=None, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), min_size=4, max_size=20),
    st.text(st.characters(codec="ascii"), max_size=9),
    st.text(max_size=9),
)
def test_base64_of_anything_around_a_password_does_not_carry_it(password: str, before: str, behind: str) -> None:
    blob = base64.b64encode(f"{before}{password}{behind}".encode()).decode()
    assert blob not in Redactor([Secret(password)]).redact(f"+ {blob}")


def test_the_rest_stays() -> None:
    text = "anna@example: NO [AUTHENTICATIONFAILED] hunter is not hunter2"
    assert Redactor([Secret("hunter2!"), Secret("")]).redact(text) == text


def test_a_short_password_is_struck_out_where_it_stands_alone() -> None:
    assert Redactor([Secret("ab")]).redact("LOGIN anna ab about (ab)") == "LOGIN anna *** about (***)"


def test_a_password_inside_another_does_not_uncover_its_rest() -> None:
    redactor = Redactor([Secret("pass")])
    redactor.add(Secret("password1"))
    assert redactor.redact("password1 pass") == "*** ***"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    logger = logging.getLogger("tests.redaction")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)
    logger.propagate = True


def test_records_of_children_arguments_tracebacks_and_stacks(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    Redactor([Secret("hunter2!")]).install(logger)
    child = logger.getChild("imap")
    child.warning("sent %r to %s", b"LOGIN anna hunter2!", {"password": "hunter2!"})
    try:
        raise ValueError("bad command: LOGIN anna hunter2!")
    except ValueError:
        child.exception("failed with %s", sasl_plain("anna", "hunter2!"))
    child.warning("here", stack_info=True)
    text = stream.getvalue()
    assert "hunter2" not in text
    assert "bad command: LOGIN anna ***" in text
    assert "failed with ***" in text
    assert "Traceback" in text


def test_a_record_that_cannot_be_formatted_does_not_show_its_arguments(
    log: tuple[logging.Logger, io.StringIO], capsys: pytest.CaptureFixture[str]
) -> None:
    logger, stream = log
    Redactor([Secret("hunter2!")]).install(logger)
    logger.warning("%d messages", "hunter2!")
    assert "does not fit its arguments" in stream.getvalue()
    assert "hunter2" not in stream.getvalue() + capsys.readouterr().err


def test_it_does_not_show_what_it_knows() -> None:
    assert repr(Redactor([Secret("hunter2!")])) == "Redactor(1 secrets)"
