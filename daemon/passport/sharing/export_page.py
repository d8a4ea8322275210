"""The page of an export: it looks like the gallery, and needs neither the program nor the network."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from passport.look.rosette import Rosette, svg
from passport.look.stamp import mark
from passport.look.words import word_for
from passport.vault.model import Entry

_INKS = ("#cdb98f", "#d6aca8", "#a9b8ce", "#abc0a5", "#dab974", "#bfaecd")
"""Those of the gallery (tokens.css)."""
_STYLE = """
:root{color-scheme:light dark;--paper:#faf6ee;--leaf:#fffdf8;--ink:#1c2333;--quiet:#646a78;--line:#e4dccb;
--brand:#7a1f35;--verified:#12705a;--unconfirmed:#8a5a00;--expired:#5c5a78;--invalid:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#11151f;--leaf:#191f2d;--ink:#ece7db;--quiet:#a2a6b3;--line:#2b3244;
--brand:#e79aa9;--verified:#5fcfae;--unconfirmed:#e6b455;--expired:#b0abd8;--invalid:#ff8f86}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:2rem 1rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.5 Figtree,system-ui,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h1,h2{font-family:Fraunces,Georgia,serif;font-weight:600;line-height:1.2}h1{margin:0;font-size:2.2rem}
a{color:var(--brand)}a:focus-visible{outline:2px solid var(--brand);outline-offset:3px;border-radius:4px}
header p,.small{color:var(--quiet)}.small{font-size:.88rem}
.cards{list-style:none;margin:0;padding:0;display:grid;gap:1rem;
grid-template-columns:repeat(auto-fill,minmax(min(13.25rem,calc(50% - .5rem)),1fr))}
.cards>li{background:var(--leaf);border:1px solid var(--line);border-radius:16px;padding:1rem;display:flex;
flex-direction:column;gap:.4rem}
.face{position:relative;display:grid;place-items:center;height:11rem;overflow:hidden}
.face .rosette{position:absolute;left:50%;top:50%;width:15rem;max-width:none;height:15rem;margin:-7.5rem}
@media (prefers-color-scheme:dark){.rosette{opacity:.4}}
.face .badge{max-width:min(8rem,90%);max-height:8rem;position:relative}
.name{font-weight:600}.mark{width:1em;height:1em;vertical-align:-.12em}
.verified{color:var(--verified)}.unconfirmed,.no-badge{color:var(--unconfirmed)}
.expired,.not-yours{color:var(--expired)}.invalid,.revoked{color:var(--invalid)}
.collections{columns:18rem;padding-inline-start:1.2rem}.collections>li{break-inside:avoid}.day{white-space:nowrap}
""".replace("\n", "")
_POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A badge of the export, and where its files are."""

    entry: Entry
    folder: str
    original: str
    picture: str | None
    """Below the page; None: there is none."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A collection of the export."""

    name: str
    badges: Sequence[Shown]


def rosettes_of(entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the drawing of each issuer once."""
    for rosette in {found.name: found for found in map(_rosette, entries)}.values():
        ink = _INKS[rosette.ink % len(_INKS)]
        yield f"rosettes/{rosette.name}.svg", svg(rosette, ink=ink, second=ink).encode()


def page(badges: Sequence[Shown], owner: str = "", collections: Sequence[Gathered] = ()) -> str:
    """Return the page."""
    title = f"{owner}: badges" if owner else "Badges"
    count = f"{len(badges)} badge{'' if len(badges) == 1 else 's'}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><h1 dir="auto">{html.escape(owner) or "Badges"}</h1><p>{count}. Each has a folder with the original '
        f"file, what the issuer answered (documents.har), the report, and what you said of it.</p></header>"
        f'<main><ul class="cards">{"".join(map(_card, badges))}</ul>{_collections(collections)}</main></body></html>\n'
    )


def _rosette(entry: Entry) -> Rosette:
    return Rosette.of(entry.issuer_id or entry.issuer)


def _card(shown: Shown) -> str:
    entry = shown.entry
    word = word_for(entry.verdict, entry.issuer_identity)
    picture = f'<img class="badge" src="{shown.folder}/{shown.picture}" alt="" loading="lazy">' if shown.picture else ""
    rosette = f'<img class="rosette" src="rosettes/{_rosette(entry).name}.svg" alt="" loading="lazy">'
    day = html.escape((entry.valid_from or "")[:10])
    return (
        f'<li id="{entry.id}"><span class="face" aria-hidden="true">{rosette}{picture}</span>'
        f'<a class="name" href="{shown.folder}/{shown.original}" dir="auto">{html.escape(entry.name)}</a>'
        f'<span class="small" dir="auto">{html.escape(entry.issuer)}</span>'
        f'<span class="small"><span class="{word.tone}">{mark(word.form)} {word.in_full}</span> · '
        f'<span class="day">{day}</span></span>'
        f'<span class="small"><a href="{shown.folder}/report.json">Report</a> · '
        f'<a href="{shown.folder}/documents.har">What proved it</a></span></li>'
    )


def _collections(collections: Sequence[Gathered]) -> str:
    if not collections:
        return ""
    listed = "".join(
        f'<li><b dir="auto">{html.escape(c.name)}</b><ul>{_links(c.badges)}</ul></li>' for c in collections
    )
    return f'<h2>Collections</h2><ul class="collections">{listed}</ul>'


def _links(badges: Sequence[Shown]) -> str:
    return "".join(f'<li><a href="#{b.entry.id}" dir="auto">{html.escape(b.entry.name)}</a></li>' for b in badges)


def names_of(state: Mapping[str, object], fallback: str) -> str:
    """Return the name that the owner gave to something."""
    name = state.get("name")
    return name.strip() if isinstance(name, str) and name.strip() else fallback
