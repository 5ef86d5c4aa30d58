"""Autoconfig: a file on the domain's own web server that names its mail servers (Thunderbird's format 1.1)."""

import asyncio
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.providers import StepOutcome, UserNameForm
from mailmove_gui.providers.asked import ascii_name
from mailmove_gui.providers.web import NotThere, NotTrusted, Web

_URLS = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
)
"""Without `?emailaddress=`: autoconfig.{domain} is often run by somebody else, whom the address does not concern."""
_TIMEOUT_S = 2.0
_PROTOCOLS = {"imap": MailProtocol.IMAP, "pop3": MailProtocol.POP3}
_SECURITIES = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
"""Plain connections are left out: nobody is led to one by a file."""
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Autoconfig:
    """What came of asking; `servers` has IMAP first, `url` is the one that answered, or was tried last."""

    outcome: StepOutcome
    url: str
    servers: tuple[Endpoint, ...] = ()
    user_name: UserNameForm = UserNameForm.FULL


async def ask_autoconfig(domain: str, web: Web) -> Autoconfig:
    """Ask both addresses of a domain at once; the first one's answer goes first."""
    answers = await asyncio.gather(*(_ask(url.format(domain=domain), domain, web) for url in _URLS))
    worth = (StepOutcome.FOUND, StepOutcome.NOT_TRUSTED, StepOutcome.NOTHING, StepOutcome.NO_ANSWER)
    return min(answers, key=lambda answer: worth.index(answer.outcome))


async def _ask(url: str, domain: str, web: Web) -> Autoconfig:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            servers, user_name = read_autoconfig(await web.fetch(url), domain)
    except NotTrusted:
        return Autoconfig(StepOutcome.NOT_TRUSTED, url)
    except (NotThere, ValueError):
        return Autoconfig(StepOutcome.NOTHING, url)
    except OSError:  # TimeoutError too
        return Autoconfig(StepOutcome.NO_ANSWER, url)
    return Autoconfig(StepOutcome.FOUND if servers else StepOutcome.NOTHING, url, servers, user_name)


def read_autoconfig(content: bytes, domain: str) -> tuple[tuple[Endpoint, ...], UserNameForm]:
    """Servers that a file offers for reading mail over TLS, IMAP first, and the first one's form of user name.

    Raises:
        ValueError: it is no such file, or has a document type (entities are a way to blow up who reads them).
    """
    root = _parse(content)
    if root.tag != "clientConfig":
        raise ValueError("no clientConfig")
    found = []
    for server in root.findall("emailProvider/incomingServer"):
        endpoint = _endpoint(server, domain)
        if endpoint is not None:
            found.append((endpoint, _user_name(server)))
    found.sort(key=lambda one: one[0].protocol is not MailProtocol.IMAP)
    return tuple(endpoint for endpoint, _form in found), found[0][1] if found else UserNameForm.FULL


def _endpoint(server: Element, domain: str) -> Endpoint | None:
    protocol = _PROTOCOLS.get(server.get("type", ""))
    security = _SECURITIES.get(_text(server, "socketType"))
    host = ascii_name(_text(server, "hostname").replace("%EMAILDOMAIN%", domain))
    port = _text(server, "port")
    if protocol is None or security is None or host is None or not _PORT.fullmatch(port) or int(port) > _MAX_PORT:
        return None
    # A last label of digits is an IP address; one label is a machine of the network that this program runs in.
    if "." not in host or host.rpartition(".")[2].isdigit():
        return None
    return Endpoint(host, int(port), security, protocol)


def _user_name(server: Element) -> UserNameForm:
    return UserNameForm.LOCAL if _text(server, "username") == "%EMAILLOCALPART%" else UserNameForm.FULL


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _parse(content: bytes) -> Element:
    """Parse XML without a document type, and so without entities of its own."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, ParseError, AssertionError) as error:
        raise ValueError("no XML") from error


def _refuse(*_declaration: object) -> None:
    raise ValueError("document type")
