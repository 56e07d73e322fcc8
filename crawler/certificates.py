"""Whether a server's certificate verifies: noted with each answer, and never a reason to refuse one.

Many portals have certificates that ran out, are of another name or signed by nobody known. They are read all the
same; but who reads the archive later should know which answers are vouched for. ``yes`` means that the chain leads to
a root that this machine trusts, that the time is right and the name fits; short keys and old signatures count as good.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions, platformTrust
from twisted.internet.ssl import CertificateOptions

# What OpenSSL's numbers of errors mean (X509_V_ERR_*, x509_vfy.h); others are told by number.
_ERRORS = {
    9: "it is not valid yet", 10: "it has expired", 18: "it is signed by itself", 19: "its root is not trusted here",
    20: "its issuer is not known here", 21: "its issuer is not known here",
}  # fmt: skip
_WRONG_NAME = "it is of another name"
UNKNOWN = "unknown"  # the private hooks are not there any more, or the browser fetched it


class JudgingContextFactory(_ScrapyClientContextFactory):
    """Makes TLS connections that accept every certificate and note what is wrong with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One context for all: reading the roots takes longer than a page.
        self._shared = CertificateOptions(**self._get_cert_options_kwargs(), trustRoot=platformTrust())
        self._shared.getContext()

    def creatorForNetloc(self, hostname: bytes, port: int) -> ClientTLSOptions:  # noqa: N802 (Twisted's name)
        """What Twisted asks for before it connects."""
        return _Judging(self._shared._makeTLSConnection, hostname.decode("ascii"))


class _Judging(ClientTLSOptions):
    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803 (Twisted's names)
        connection = super().clientConnectionForTLS(tlsProtocol)
        wanted = (DNS_ID if self._hostnameIsDnsName else IPAddress_ID)(self._hostnameASCII)
        faults = _FAULTS[connection] = []

        def note(_: SSL.Connection, certificate: Any, error: int, depth: int, good: int) -> bool:
            if not good:
                faults.append(_ERRORS.get(error, f"OpenSSL's error {error}"))
            if depth == 0:
                try:
                    verify_service_identity(extract_patterns(certificate), [wanted], [])
                except (CertificateError, VerificationError, ValueError):
                    faults.append(_WRONG_NAME)
            return True

        connection.set_verify(SSL.VERIFY_PEER, note)
        return connection


_FAULTS: WeakKeyDictionary[SSL.Connection, list[str]] = WeakKeyDictionary()


def judgement(transport: Any) -> str | None:
    """What to note of the connection that an answer came over: ``yes``, ``no: …``, ``unknown``; None without TLS."""
    handle = transport.getHandle() if hasattr(transport, "getHandle") else None
    if not isinstance(handle, SSL.Connection):
        return None
    faults = _FAULTS.get(handle)
    if faults is None:
        return UNKNOWN
    return f"no: {', '.join(dict.fromkeys(faults))}" if faults else "yes"
