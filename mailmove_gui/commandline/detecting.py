"""`mailmove detect`: who runs a domain's mail, how that was found, and what it needs."""

import argparse
import dataclasses
import json
from typing import Any

from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL
from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.commandline.screen import Screen, output
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.providers import Detection, Provider
from mailmove_gui.mail.probe import ImapProber
from mailmove_gui.mail.tls import client_context
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.texts import _
from mailmove_gui.texts.detection import (
    display_name,
    hindrance,
    how_found,
    how_sure,
    limits,
    preparation,
    step_tried,
    user_name,
)


def detect(args: argparse.Namespace, _learn: Learn) -> int:
    """Recognise the provider of a call.

    Returns:
        The exit status: 0 if it is known who runs the mail or where the server is, else 1.

    Raises:
        InvalidInput: what was given is no address, domain or server.
    """
    found = make_detector()(args.asked, CancelToken(), online=not args.offline)
    if not found.domain:
        raise InvalidInput(Problem(ProblemKind.BAD_DOMAIN, value=args.asked))
    screen = output(silent=args.quiet)
    if args.json:
        output().line(json.dumps(detection_object(found), ensure_ascii=False))
    elif found.found:
        _print_found(screen, found)
    else:
        _print_nothing(screen, found)
    return EXIT_DONE if found.found else EXIT_NOT_ALL


def make_detector() -> ServerDetector:
    """The detector of a call."""
    return ServerDetector(ImapProber(), tls_context=client_context)


def detection_object(found: Detection) -> dict[str, Any]:
    """All that was found, as JSON; keys are never left out."""
    provider = found.provider
    return {
        "event": "detection",
        "asked": found.asked,
        "domain": found.domain,
        "found": found.found,
        "provider": provider_object(provider) if provider is not None else None,
        "servers": [_server_object(server, _when(provider, server)) for server in found.servers],
        "user_name": found.user_name.value,
        "how": found.how.value if found.how is not None else None,
        "evidence": found.evidence,
        "confidence": found.confidence.value if found.found else None,
        "gateway": found.gateway or None,
        "needs_consent": found.needs_consent,
        "software": found.software or None,
        "steps": [
            {"step": report.step.value, "outcome": report.outcome.value, "detail": report.detail}
            for report in found.steps
        ],
    }


def provider_object(provider: Provider) -> dict[str, Any]:
    """What is known of a provider, as JSON."""
    return {
        "id": provider.id,
        "name": provider.name,
        "name_zh": provider.name_zh,
        "passwords": [kind.value for kind in provider.passwords],
        "hindrance": hindrance(provider) or None,
        "preparation": [{"what": step.what, "where": step.where} for step in preparation(provider)],
        "limits": dataclasses.asdict(provider.limits),
        "help_urls": list(provider.help_urls),
        "notes": list(provider.quirks),
    }


def _server_object(server: Endpoint, when: str) -> dict[str, Any]:
    return {
        "url": server.url,
        "protocol": server.protocol.value,
        "host": server.host,
        "port": server.port,
        "security": server.security.value,
        "when": when,
    }


def _when(provider: Provider | None, server: Endpoint) -> str:
    """For whom a server is meant, if it is not the usual one."""
    offers = (*provider.imap, *provider.pop3) if provider is not None else ()
    return next((offer.when for offer in offers if offer.endpoint == server), "")


def _print_found(screen: Screen, found: Detection) -> None:
    provider = found.provider
    title = _("Mail server of {domain}").format(domain=found.domain)
    screen.line(display_name(provider) if provider is not None else title)
    how = _("{how}; {sure}.").format(how=how_found(found), sure=how_sure(found))
    screen.line(how[:1].upper() + how[1:])
    if found.gateway:
        text = _("Its mail passes {gateway} first, which filters or forwards it.")
        screen.line(text.format(gateway=found.gateway))
    if found.needs_consent:
        screen.line(_("Nothing vouches for this server: enter a password for it only if you know that it is right."))
    for server in found.servers:
        when = _when(provider, server)
        screen.line(f"  {server.url}  ({when})" if when else f"  {server.url}")
    if found.servers:
        screen.line(_("The user name is {form}.").format(form=user_name(found.user_name)))
    if provider is not None:
        _print_needs(screen, provider)
    _print_steps(screen, found)


def _print_needs(screen: Screen, provider: Provider) -> None:
    if sentence := hindrance(provider):
        screen.line(sentence)
    if steps := preparation(provider):
        screen.line(_("Before you start:"))
        for step in steps:
            screen.line(f"  - {step.what}")
            if step.where:
                screen.line(f"    {step.where}")
    if sentences := limits(provider):
        screen.line(_("Limits:"))
        for sentence in sentences:
            screen.line(f"  - {sentence}")
    if provider.help_urls:
        screen.line(_("Help: {addresses}").format(addresses=" ".join(provider.help_urls)))


def _print_nothing(screen: Screen, found: Detection) -> None:
    screen.line(_("It could not be found out who runs the mail of {domain}.").format(domain=found.domain))
    if found.gateway:
        text = _("It passes {gateway} first, behind which the mailboxes cannot be seen.")
        screen.line(text.format(gateway=found.gateway))
    screen.line(_("Check the spelling, or ask whoever runs the mail for the name of its IMAP server."))
    _print_steps(screen, found)


def _print_steps(screen: Screen, found: Detection) -> None:
    screen.line(_("What was tried:"))
    for report in found.steps:
        screen.line(f"  - {step_tried(report)}")
