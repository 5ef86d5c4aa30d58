import pytest

from mailmove_gui.batch import ROLES, ColumnRole, guess_roles, label_of, roles_by_content, roles_of_headings
from mailmove_gui.domain.problems import InvalidInput, ProblemKind

SU, SP, DU, DP, S, D, X = (*ROLES, ColumnRole.IGNORE)


@pytest.mark.parametrize(
    ("headings", "roles"),
    [
        ("源邮箱 源密码 目标邮箱 目标密码", (SU, SP, DU, DP)),
        ("原邮箱 原密码 新邮箱 新密码", (SU, SP, DU, DP)),
        ("旧邮箱 授权码 新邮箱 密码", (SU, SP, DU, DP)),
        ("源账号 客户端专用密码 目标帐号 目标密码 源服务器 目标服务器", (SU, SP, DU, DP, S, D)),
        ("姓名 邮箱地址 密码 备注", (X, SU, SP, X)),
        ("账号 密码 账号 密码", (SU, SP, DU, DP)),
        ("帐号 新帐号 密码 旧密码", (SU, DU, DP, SP)),
        ("邮箱（旧） 密码（旧） 邮箱(新) 密码(新)", (SU, SP, DU, DP)),
        ("源邮箱的密码 源邮箱 目标邮箱", (SP, SU, DU)),
        ("Email Password", (SU, SP)),
        ("E-Mail-Address PASSWORD New-Email New_Password", (SU, SP, DU, DP)),
        ("From To", (SU, DU)),
        ("old new", (SU, DU)),
        ("OldLogin OldPassword NewLogin NewPassword", (SU, SP, DU, DP)),
        ("user login password", (SU, DU, DP)),
        ("ＥＭＡＩＬ ｐａｓｓｗｏｒｄ", (SU, SP)),
        ("source destination source_user", (S, D, SU)),
        ("server email host", (S, SU, X)),
        ("password email", (SP, SU)),
        ("email email email", (SU, DU, X)),
        ("source_user source_user", (SU, X)),
    ],
)
def test_roles_by_headings(headings: str, roles: tuple[ColumnRole, ...]) -> None:
    assert guess_roles(headings.split(" ")) == roles


def test_what_the_screen_calls_a_column_is_understood() -> None:
    assert guess_roles([label_of(role) for role in ROLES]) == ROLES


def test_all_missing_columns_are_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        roles_of_headings(["密码", "备注"])
    assert caught.value.problem.kind is ProblemKind.COLUMN_MISSING
    assert caught.value.problem.field == "source_user, destination_user"


@pytest.mark.parametrize(
    ("rows", "roles"),
    [
        (["a@x p"], (SU, SP)),
        (["a p b q"], (SU, SP, DU, DP)),
        (["a@x p b@y q 17 18"], (SU, SP, DU, DP, X, X)),
        (["a@x p b@y q imaps://x.y y.z z"], (SU, SP, DU, DP, S, D, X)),
        (["a@x b@y", "c@x d@y"], (SU, DU)),
        (["a@x b@y p q"], (SU, DU, SP, DP)),
        (["a@x b@y p"], (SU, DU, SP)),
        (["1 a@x p note", "2 b@x q note"], (X, SU, SP, X)),
        (["Anna a@x p b@y q", "Bo c@x r d@y s"], (X, SU, SP, DU, DP)),
        (["a@x p note", "b@x q note"], (SU, SP, X)),
        (["a@x p@y q", "b@x pw q", "c@x pw q"], (SU, SP, X)),
        (["a@x b@y c@z"], (SU, DU, X)),
        ([], ()),
    ],
)
def test_roles_by_content(rows: list[str], roles: tuple[ColumnRole, ...]) -> None:
    assert roles_by_content([row.split() for row in rows]) == roles
