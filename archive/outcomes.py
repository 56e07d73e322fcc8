"""How an attempt to fetch ended: a closed list, so that a passing failure is never taken for a fact."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """One value for every attempt; ``meaning`` is a sentence, ``transient`` says whether to try again."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    REDIRECT = "redirect"
    REFUSED = "refused"
    CHALLENGE = "challenge"
    SOFT_404 = "soft_404"
    GONE = "gone"
    WRONG_TYPE = "wrong_type"
    EMPTY = "empty"
    ROBOTS = "robots"
    OFF_SITE = "off_site"
    TIMEOUT = "timeout"
    TLS = "tls"
    DNS = "dns"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    SERVER_ERROR = "server_error"
    BROWSER = "browser"

    @property
    def meaning(self) -> str:
        """One plain sentence for people."""
        return _MEANING[self]

    @property
    def transient(self) -> bool:
        """True if the next attempt may well end otherwise; "absent" is never concluded from these."""
        return self in _TRANSIENT

    @property
    def stored(self) -> bool:
        """True if the site answered with a page that says what was asked for."""
        return self in (Outcome.OK, Outcome.NOT_MODIFIED)


_MEANING = {
    Outcome.OK: "The site answered with content.",
    Outcome.NOT_MODIFIED: "The site says that nothing changed since the last capture.",
    Outcome.REDIRECT: "The site sent us on to another address.",
    Outcome.REFUSED: "The site refused the request (status 401, 403, 405, 406, 429 or 451).",
    Outcome.CHALLENGE: "The site asks for a captcha or a script's cookie; we do not break those.",
    Outcome.SOFT_404: "The site answered 200 with a page that says that the page does not exist.",
    Outcome.GONE: "The site says that the page does not exist (status 404 or 410).",
    Outcome.WRONG_TYPE: "The answer is not of the kind that the link promised.",
    Outcome.EMPTY: "The site answered with nothing.",
    Outcome.ROBOTS: "The site's robots.txt asks not to fetch this.",
    Outcome.OFF_SITE: "Not fetched: the host is not an official one, or its address is private.",
    Outcome.TIMEOUT: "No answer in time.",
    Outcome.TLS: "No secure connection could be agreed on.",
    Outcome.DNS: "The host name does not resolve.",
    Outcome.UNREACHABLE: "The connection was refused or reset.",
    Outcome.BROKEN: "The answer broke off or was no valid HTTP.",
    Outcome.TOO_LARGE: "The answer is larger than the limit.",
    Outcome.SERVER_ERROR: "The site answered with an error of its own (status 5xx).",
    Outcome.BROWSER: "The page needs a browser and the browser failed on it.",
}
_TRANSIENT = frozenset({
    Outcome.REFUSED, Outcome.CHALLENGE, Outcome.EMPTY, Outcome.TIMEOUT, Outcome.TLS, Outcome.DNS,
    Outcome.UNREACHABLE, Outcome.BROKEN, Outcome.SERVER_ERROR, Outcome.BROWSER,
})  # fmt: skip
