"""Issuers' Markdown as HTML that is safe to show. Runs in a worker only.

Cleaning is quadratic in nesting (security reference, finding 4), so the text is cut first.
"""

from __future__ import annotations

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_BYTES = 16 << 10
ABOVE, DEEPEST = 2, 6
"""Levels of headings: of the page's own parts, and of HTML."""
TAGS = frozenset(
    {"p", "em", "strong", "a", "ul", "ol", "li", "code", "pre", "blockquote", "br", "h3", "h4", "h5", "h6"}
)


def clean_markdown(text: str) -> str:
    """Return HTML with few tags, links to http, https and mailto only, no pictures and nothing that acts."""
    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    tokens = reader.parse(_cut(text))
    _lower_headings(tokens)
    return nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=set(TAGS),
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",  # no sentence
        strip_comments=True,
    )


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Put headings below those of the page (h1 its name, h2 its parts), and none deeper than the next step."""
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    last = ABOVE
    for token in tokens:
        if token.type == "heading_open":
            last = min(ABOVE + 1 + used.index(token.tag), last + 1, DEEPEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"


def _cut(text: str) -> str:
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= MAX_BYTES:
        return encoded.decode("utf-8", "replace")
    return encoded[:MAX_BYTES].decode("utf-8", "ignore") + "…"
