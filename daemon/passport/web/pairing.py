"""Connecting a browser: the protocol between the extension and the daemon, and the daemon's side of it.

Source: extension.md 4.3 (as prototyped in two browsers), threats in 4.4. All addresses are `http://127.0.0.1:<port>`;
port 22343 or one of the nine after it.

**1. Find.** `GET /api/v1/ping` -> 200 `{"name": "badge-passport", "api": 1}`. Anything else: another program.

**2. Pair.** The gallery's page `/connect` holds a code that is good once and for 120 s:
`<meta name="passport-pairing" content="CODE">` (32 characters of base64url), and beside it a short one to type
(`ABCD-EFGH`, letters and digits without 0 1 I L O U; case and `-` do not matter). Either burns both.

    POST /api/v1/pair                       Content-Type: application/json, Origin: the extension's own (required)
    {"code": "…", "label": "Firefox on Linux", "browser": "firefox"}       label <= 80, browser <= 40 characters
    -> 201 {"client": "16 hex", "key": "64 hex", "api": 1}
    -> 403 forbidden-origin (no Origin, a web page's, or our own) · 403 wrong-code (wrong, used or too old)
    -> 415 not JSON · 400 wrong-body · 429 too-many (10 a minute; `Retry-After`)

The key is never sent again, by nobody. Keep it in `storage.local`, never in `storage.sync`.

**3. Is it really my daemon?** Before each burst of work, with a fresh nonce of 32 hex digits (16 random bytes):

    GET /api/v1/hello?client=CLIENT&nonce=NONCE -> 200 {"proof": "64 hex"}
    proof = HMAC-SHA256(key, "server|PORT|NONCE")            port as a decimal number, everything ASCII, hex lower case
    -> 404 unknown-client (revoked, or never connected: show *not connected*) · 400 wrong-query

A program that squats on the port cannot answer, and cannot relay to the real one: the port is part of what is proved.

**4. Each request** is signed:

    Authorization: Passport CLIENT:TIME:NONCE:SIGNATURE
    TIME       milliseconds since 1970 (decimal), within 60 s of the daemon's clock
    NONCE      32 hex digits, never used before
    SIGNATURE  HMAC-SHA256(key, METHOD|PORT|TARGET|SHA256|TIME|NONCE) in hex
    TARGET     path and query exactly as sent, e.g. /api/v1/badges?limit=1
    SHA256     of the body's bytes in hex (of no bytes, if there is no body)

401 with a `code` says what to do: `unknown-client` (not connected any more), `old-request` (the clocks differ: the
`Date` header tells the daemon's), `wrong-signature`, `used-nonce`. 403 `out-of-scope`: an extension may not do this,
send the owner to the gallery. 403 `forbidden-origin`: the request names another origin than the one that was paired.

**5. What an extension may do** (scope `extension` in /api/v1/openapi.json, `x-scope`): list and look up badges, save
badges, prepare a share. Everything else answers 403 `out-of-scope`.

**6. Before all this**, for every request of anybody: Host must be 127.0.0.1, localhost or [::1] with our port (421);
the target must be a path (400); Origin, if there is one, ours or an extension's (403); Sec-Fetch-Site neither
`cross-site` nor `same-site` (403); OPTIONS is never answered (405), and no CORS header is ever sent: with its host
permission the extension needs none. Bodies are `application/json`, or `application/octet-stream` for files (415).

**7. The end.** `DELETE /api/v1/clients/self` (signed) disconnects; the owner revokes on `/connect`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CODE_LIFE = timedelta(seconds=120)
MAX_CODES = 5
TYPED_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
TYPED_LENGTH = 8
"""30^8 = 6.5e11 codes, ten tries a minute, 120 s: one in 3e10 (extension 4.2: brute force -> rate limit)."""
CLOCK_TOLERANCE_MS = 60_000
MAX_NONCES = 20_000


@dataclass(frozen=True, slots=True)
class PairingCode:
    """A code for one browser."""

    code: str
    """For the button: the extension reads it from the page."""
    typed: str
    """For the hand: ABCD-EFGH."""
    ends_at: datetime


@dataclass(slots=True)
class PairingCodes:
    """The codes that are good now. They live in memory only, as SHA-256."""

    clock: Callable[[], datetime]
    _live: list[tuple[frozenset[str], datetime]] = field(default_factory=list)

    def issue(self) -> PairingCode:
        """Make a new code; at most MAX_CODES are good at a time."""
        code = secrets.token_urlsafe(24)
        letters = "".join(secrets.choice(TYPED_ALPHABET) for _ in range(TYPED_LENGTH))
        ends_at = self.clock() + CODE_LIFE
        self._live.append((frozenset({_digest(code), _digest(letters)}), ends_at))
        del self._live[:-MAX_CODES]
        return PairingCode(code, f"{letters[:4]}-{letters[4:]}", ends_at)

    def burn(self, presented: str) -> bool:
        """Use a code up; False: it was never good, or is no longer."""
        now = self.clock()
        self._live = [(digests, ends_at) for digests, ends_at in self._live if ends_at >= now]
        wanted = {_digest(presented), _digest(presented.replace("-", "").replace(" ", "").upper())}
        for digests, ends_at in self._live:
            if digests & wanted:
                self._live.remove((digests, ends_at))
                return True
        return False


@dataclass(slots=True)
class Nonces:
    """What was signed already, for as long as its time would still be accepted."""

    _seen: dict[str, int] = field(default_factory=dict)

    def use(self, client: str, nonce: str, now_ms: int) -> bool:
        """Remember a nonce; False: it was used before, or there are too many to remember."""
        self._forget(now_ms)
        name = f"{client}:{nonce}"
        if name in self._seen or len(self._seen) >= MAX_NONCES:
            return False
        self._seen[name] = now_ms
        return True

    def _forget(self, now_ms: int) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if now_ms - self._seen[oldest] <= 2 * CLOCK_TOLERANCE_MS:
                return
            del self._seen[oldest]


def hello_proof(key: bytes, port: int, nonce: str) -> str:
    """Return what only the daemon that holds the key can say on this port (section 3)."""
    return _mac(key, f"server|{port}|{nonce}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a signature covers (section 4)."""

    method: str
    port: int
    target: str
    body: bytes
    time_ms: int
    nonce: str

    def signature(self, key: bytes) -> str:
        """Return the signature in hex."""
        digest = hashlib.sha256(self.body).hexdigest()
        return _mac(key, "|".join([self.method, str(self.port), self.target, digest, str(self.time_ms), self.nonce]))


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
