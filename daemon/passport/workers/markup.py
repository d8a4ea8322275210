"""Issuers' Markdown as HTML that is safe to show. Runs in a worker only.

Cleaning is quadratic in nesting (security reference, finding 4), so the text is cut first.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

MAX_BYTES = 16 << 10
TAGS = frozenset({"p", "em", "strong", "a", "ul", "ol", "li", "code", "pre", "blockquote", "br", "h1", "h2", "h3"})


def clean_markdown(text: str) -> str:
    """Return HTML with few tags, links to http, https and mailto only, no pictures and nothing that acts."""
    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    return nh3.clean(
        reader.render(_cut(text)),
        tags=set(TAGS),
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",  # no sentence
        strip_comments=True,
    )


def _cut(text: str) -> str:
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= MAX_BYTES:
        return encoded.decode("utf-8", "replace")
    return encoded[:MAX_BYTES].decode("utf-8", "ignore") + "…"
