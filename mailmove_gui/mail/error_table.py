"""What servers say when something goes wrong, and what it means.

Read from the top: wording that overrides a response code that lies, then response codes (RFC 5530 and others), then
plain wording. Patterns are searched in "code and text" as the server sent them, ignoring case.
"""

import re
from typing import NamedTuple

from mailmove_gui.domain.reasons import Reason

_R = Reason
_EXCHANGE_ONLINE = r"(^|\.)(office365|office|outlook|hotmail|live|partner\.outlook)\.(com|cn|de)$"


class Rule(NamedTuple):
    """`reason` if `pattern` is found, at a host whose name fits `host` (any if None)."""

    reason: Reason
    pattern: re.Pattern[str]
    host: re.Pattern[str] | None = None


def _rule(reason: Reason, pattern: str, host: str | None = None) -> Rule:
    return Rule(reason, re.compile(pattern, re.IGNORECASE), re.compile(host, re.IGNORECASE) if host else None)


def _code(names: str) -> str:
    return rf"\[(?:{names})(?:[\s/][^\]]*)?\]"


_OVERRIDING = (
    # One text for everything that may be wrong with a login: which of them it is, Tencent does not say.
    _rule(_R.LOGIN_REFUSED, r"login fail\.? account is abnormal"),
    # A login that could not be looked at is none that was refused, whatever code goes with it.
    _rule(_R.SERVER_BUSY, r"temporary (authentication|login) (failure|error)|authentication temporarily unavailable"),
    # Gmail gives OVERQUOTA for "too fast".
    _rule(_R.THROTTLED, r"exceeded command or bandwidth limits"),
    _rule(_R.THROTTLED, r"throttled\. Suggested Backoff Time"),
    _rule(_R.THROTTLED, r"(authentication|login) rate[- ]limit|rate[- ]limit.{0,20}exceeded"),
    _rule(
        _R.NEEDS_APP_PASSWORD, r"application[- ]specific password|\bapp[- ]password|authori[sz](ation|ed) code|授权码"
    ),
    _rule(_R.NEEDS_APP_PASSWORD, r"ERR\.LOGIN\.REQCODE"),
    _rule(
        _R.WEB_LOGIN_REQUIRED, r"WEBALERT|log ?in (to your account )?via (your|a) web browser|Web login|Unsafe Login"
    ),
    _rule(_R.PROTOCOL_DISABLED, r"(IMAP|POP3?)\b.{0,20}\b(is )?(disabled|not enabled|switched off|turned off)"),
    _rule(
        _R.PROTOCOL_DISABLED,
        r"not enabled for (IMAP|POP)|yet to enable (IMAP|POP)|(IMAP|POP3?).{0,8}未开启|未开启.{0,8}(IMAP|POP)",
    ),
    _rule(_R.OAUTH_REQUIRED, r"basic auth(entication)? (is )?(disabled|blocked|not (allowed|supported))"),
    _rule(_R.LOCKED_OUT, r"too many (bad|failed|invalid|unsuccessful|incorrect) (log[io]n|auth\w*|password)"),
    _rule(_R.LOCKED_OUT, r"too many (log[io]n|auth\w*|password) (failures|attempts)"),
    _rule(_R.LOCKED_OUT, r"(account|mailbox|user)\b.{0,30}\b(locked|suspended|blocked|frozen)\b"),
    _rule(_R.LOCKED_OUT, r"ERR\.LOGIN\.USERSTATUS|(帐|账)(号|户).{0,8}(锁定|冻结|停用)"),
    _rule(_R.THROTTLED, r"login frequency (is )?limited|登录.{0,4}频繁"),
    _rule(_R.TOO_MANY_CONNECTIONS, r"too many (simultaneous|open|concurrent)? ?(connections|sessions|logins)"),
    _rule(_R.TOO_MANY_CONNECTIONS, r"maximum number of connections|connection limit (exceeded|reached)"),
    _rule(_R.DAILY_LIMIT, r"\bdaily\b.{0,30}\b(limit|quota)|(limit|quota) (for today|per day)"),
)

_CODES = (
    _rule(_R.TOO_MANY_CONNECTIONS, _code("IN-USE")),
    _rule(_R.THROTTLED, _code("THROTTLED|LOGIN-DELAY")),
    _rule(_R.MESSAGE_TOO_LARGE, _code("TOOBIG")),
    _rule(_R.DESTINATION_FULL, _code("OVERQUOTA")),
    _rule(_R.FOLDER_REFUSED, _code("TRYCREATE")),
    _rule(_R.SERVER_BUSY, _code("UNAVAILABLE|TEMPFAIL|SERVERBUG|INUSE|SYS/TEMP")),
    _rule(_R.LOGIN_NEEDS_TLS, _code("PRIVACYREQUIRED")),
    _rule(_R.WEB_LOGIN_REQUIRED, _code("EXPIRED")),
    _rule(_R.WRONG_PASSWORD, _code("AUTHENTICATIONFAILED|AUTH")),
)

_WORDING = (
    _rule(
        _R.LOGIN_NEEDS_TLS, r"LOGINDISABLED|(plaintext authentication|cleartext logins?) (is )?(disallowed|disabled)"
    ),
    _rule(_R.THROTTLED, r"exceeded the login limit for"),
    _rule(_R.SERVER_BUSY, r"^Lookup failed|authenticated but not connected|Server Unavailable\. 1\d"),
    _rule(_R.SERVER_BUSY, r"temporar(y|il?y)\b.{0,30}\b(fail|error|problem|unavailable|not available)"),
    _rule(_R.SERVER_BUSY, r"temporarily not available|try again later|(server|system) (is )?(too )?busy|shutting down"),
    _rule(_R.SERVER_BUSY, r"系统(繁)?忙|稍(后|候)再?(重)?试"),
    _rule(_R.MESSAGE_TOO_LARGE, r"message (is )?too (large|big)|message size exceed|command line limit exceeded"),
    _rule(
        _R.MESSAGE_TOO_LARGE, r"mail length \d+ exceed|(message|mail)( size)? exceeds? .{0,30}\b(size|limit)|邮件过大"
    ),
    _rule(_R.DESTINATION_FULL, r"over ?quota|exceeded your mail quota|quota (limit will be |has been |is )?exceeded"),
    _rule(_R.DESTINATION_FULL, r"mailbox( for \S+)?( is)? full|full: it is time to find a bigger place"),
    _rule(_R.DESTINATION_FULL, r"not enough (disk )?(space|quota)|out of (storage|disk) space|(容量|空间)(已满|不足)"),
    _rule(_R.MESSAGE_REFUSED, r"message contains (bare newlines|NUL characters|invalid header)"),
    _rule(_R.MESSAGE_REFUSED, r"zero-length message literal|invalid date-time"),
    _rule(_R.MESSAGE_REFUSED, r"too many user flags|invalid (system )?flag"),
    # Exchange Online has no passwords left for IMAP; an Exchange of one's own says the same for a wrong password.
    _rule(_R.OAUTH_REQUIRED, r"^(LOGIN|AUTHENTICATE) failed\.", _EXCHANGE_ONLINE),
    _rule(
        _R.WRONG_PASSWORD,
        r"(log[io]n|authenticate|authentication) fail(ed|ure)?\b|invalid (credentials|login)|(log[io]n|auth) error",
    ),
    _rule(_R.WRONG_PASSWORD, r"user name or passwd rejected|(password|user ?name) (is )?(incorrect|error)"),
    _rule(_R.WRONG_PASSWORD, r"(incorrect|invalid|wrong|bad) (user ?name|password)"),
    _rule(_R.WRONG_PASSWORD, r"密码(错误|不正确)|(帐|账)号或密码"),
)

RULES: tuple[Rule, ...] = _OVERRIDING + _CODES + _WORDING
"""In the order in which they are tried."""

WINDOWS_VERIFY_CODES = {
    0x800B010F: Reason.CERTIFICATE_WRONG_HOST,
    0x800B0101: Reason.CERTIFICATE_EXPIRED,
    0x800B0109: Reason.CERTIFICATE_UNKNOWN_ISSUER,
    0x800B010A: Reason.CERTIFICATE_UNKNOWN_ISSUER,
    0x800B0112: Reason.CERTIFICATE_UNKNOWN_ISSUER,
}
"""CERT_E_CN_NO_MATCH, _EXPIRED, _UNTRUSTEDROOT, _CHAINING, _UNTRUSTEDCA (winerror.h)."""

OPENSSL_VERIFY_CODES = {
    9: Reason.CERTIFICATE_NOT_YET_VALID,
    10: Reason.CERTIFICATE_EXPIRED,
    18: Reason.CERTIFICATE_SELF_SIGNED,
    19: Reason.CERTIFICATE_UNKNOWN_ISSUER,
    20: Reason.CERTIFICATE_UNKNOWN_ISSUER,
    21: Reason.CERTIFICATE_UNKNOWN_ISSUER,
    62: Reason.CERTIFICATE_WRONG_HOST,
    64: Reason.CERTIFICATE_WRONG_HOST,
}
"""X509_V_ERR_* (openssl/x509_vfy.h); 62 is a name that differs, 64 an IP address."""

VERIFY_WORDING = (
    (Reason.CERTIFICATE_NOT_YET_VALID, re.compile(r"not yet valid|not.{0,10}temporally valid", re.IGNORECASE)),
    (Reason.CERTIFICATE_EXPIRED, re.compile(r"expired", re.IGNORECASE)),
    (
        Reason.CERTIFICATE_WRONG_HOST,
        re.compile(r"host ?name|name (mis)?match|does(n't| not) match|IP address mismatch", re.IGNORECASE),
    ),
    (Reason.CERTIFICATE_SELF_SIGNED, re.compile(r"self[- ]signed certificate(?! in)", re.IGNORECASE)),
    (Reason.CERTIFICATE_UNKNOWN_ISSUER, re.compile(r"self[- ]signed|issuer|trust|root cert", re.IGNORECASE)),
)
"""Where there is no number: macOS says it in words."""

OPENSSL_REASONS = {
    "TLSV1_ALERT_PROTOCOL_VERSION": Reason.TLS_TOO_OLD,
    "UNSUPPORTED_PROTOCOL": Reason.TLS_TOO_OLD,
    "WRONG_SSL_VERSION": Reason.TLS_TOO_OLD,
    "WRONG_VERSION_NUMBER": Reason.PLAIN_ON_TLS_PORT,
    "UNKNOWN_PROTOCOL": Reason.PLAIN_ON_TLS_PORT,
    "RECORD_LAYER_FAILURE": Reason.PLAIN_ON_TLS_PORT,
    "PACKET_LENGTH_TOO_LONG": Reason.PLAIN_ON_TLS_PORT,
    "HTTP_REQUEST": Reason.PLAIN_ON_TLS_PORT,
}
"""SSL_R_* (openssl/sslerr.h) by which a handshake fails that is about no certificate.

What OpenSSL makes of text where TLS should be depends on its version and on the text's first letters.
"""
