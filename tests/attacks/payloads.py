"""Texts and addresses that want to run, to be loaded or to break out, for every field of a badge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

SCRIPTS = ("window.hit=1", "fetch('/hit')", "new Image().src='//evil.example/hit'")

MARKUP = (
    "<script>{0}</script>",
    '<img src=x onerror="{0}">',
    '<svg onload="{0}">',
    "<svg><script>{0}</script></svg>",
    '<svg><animate onbegin="{0}" attributeName=x dur=1s>',
    '<math><mtext><table><mglyph><style><img src=x onerror="{0}">',
    '<iframe srcdoc="<script>parent.{0}</script>"></iframe>',
    '<iframe src="javascript:{0}"></iframe>',
    '<object data="javascript:{0}"></object>',
    '<embed src="data:text/html,<script>{0}</script>">',
    '<details open ontoggle="{0}">',
    '<body onload="{0}">',
    '<input autofocus onfocus="{0}">',
    '<video><source onerror="{0}"></video>',
    '<form action="javascript:{0}"><button autofocus>x</button></form>',
    '<meta http-equiv=refresh content="0;url=javascript:{0}">',
    '<base href="//evil.example/">',
    '<link rel=stylesheet href="//evil.example/hit.css">',
    '<link rel=preload as=image href="//evil.example/hit.png">',
    "<style>@import '//evil.example/hit.css'; *{{background:url(//evil.example/hit)}}</style>",
    '<noscript><p title="</noscript><img src=x onerror={0}>">',
    '<template><img src=x onerror="{0}"></template>',
    '"><script>{0}</script>',
    "'><img src=x onerror=\"{0}\">",
    '" onmouseover="{0}" autofocus onfocus="{0}" x="',
    "' onerror='{0}' src='x",
    "</textarea><script>{0}</script>",
    "</title><script>{0}</script>",
    "</style><script>{0}</script>",
    "</script><script>{0}</script>",
    "--><script>{0}</script>",
    "]]><script>{0}</script>",
    '<!--<img src="--><img src=x onerror={0}//">',
    '<a href="javascript:{0}">x</a>',
    '<a href="jav&#x09;ascript:{0}">x</a>',
    "[x](javascript:{0})",
    "[x](JaVaScRiPt:{0})",
    "[x](data:text/html;base64,PHNjcmlwdD5oaXQ8L3NjcmlwdD4=)",
    "![x](//evil.example/hit.png)",
    '![x](x"onerror="{0})',
    "<https://evil.example/?{0}>",
    "[x]: javascript:{0}\n\n[x]",
    '```"><script>{0}</script>\n```',
    "${{{0}}}",
    "{{{{{0}}}}}",
    "{{% raw %}}{{{{{0}}}}}",
    "\u2028{0}\u2028",
    "\u202e<script>{0}</script>",
    "\ufeff<script>{0}</script>",
    "+ADw-script+AD4-{0}+ADw-/script+AD4-",
    "\\x3cscript\\x3e{0}\\x3c/script\\x3e",
    "&lt;script&gt;{0}&lt;/script&gt;",
    "#set($x='{0}')#end #eval(\"{0}\")",
    '#link("javascript:{0}")[x] #read("/etc/passwd")',
)  # fmt: skip
ADDRESSES = (
    "javascript:{0}",
    "JAVASCRIPT:{0}",
    "java\nscript:{0}",
    "\x01javascript:{0}",
    "data:text/html,<script>{0}</script>",
    "vbscript:{0}",
    "//evil.example/hit",
    'https://evil.example/"><script>{0}</script>',
    "https://evil.example/' onerror='{0}",
    "file:///etc/passwd",
    "view-source:https://evil.example/",
    "blob:https://evil.example/hit",
)
AROUND = ("{}", "x {} y", "{}\n\n{}", "> {}", "* {}", "**{}**", "`{}`")


def texts(*, all_of_them: bool) -> Iterator[str]:
    """Return payloads for texts: each markup once, or in every surrounding with every script."""
    if not all_of_them:
        yield from (markup.format(SCRIPTS[place % len(SCRIPTS)]) for place, markup in enumerate(MARKUP))
        return
    for around, markup, script in product(AROUND, MARKUP, SCRIPTS):
        payload = markup.format(script)
        yield around.replace("{}", payload)


def addresses() -> Iterator[str]:
    """Return payloads for fields that hold an address."""
    yield from (address.format(script) for address, script in product(ADDRESSES, SCRIPTS))
