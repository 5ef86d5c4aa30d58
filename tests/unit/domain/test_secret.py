import copy
import pickle
import traceback

import pytest

from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey

PASSWORD = "hunter2 § 密码"


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(PASSWORD)
    shown = f"{secret} {secret!r} {secret!s} {[secret]} { ({SecretKey(Side.SOURCE, 'host', 993, 'user'): secret}) }"
    assert PASSWORD not in shown
    try:
        raise ValueError(secret)
    except ValueError as error:
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert PASSWORD not in "".join(line for line in trace.format() if "PASSWORD =" not in line)
    assert secret.reveal() == PASSWORD


def test_a_secret_is_not_written_anywhere() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(PASSWORD))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(PASSWORD))
    assert not hasattr(Secret(PASSWORD), "__dict__")


def test_secrets_compare_by_value() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
    assert Secret(" ")
