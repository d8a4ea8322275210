"""Addresses of the networks' own composers, filled. Everything in them is percent-encoded.

Sources: LinkedIn "Add to profile" (linkedin.com/profile/add, months 1-12); X Web Intents (docs.x.com); Facebook sharer;
Threads Web Intents (developers.facebook.com/docs/threads); t.me/share; wa.me; RFC 6068 for mail.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from passport.errors import SharingError
from passport.sharing.posts import Post


def composer_address(post: Post) -> str:
    """Return the address that opens the network's composer with this post. Raise SharingError where there is none."""
    make = COMPOSERS.get(post.network.name)
    if make is None:
        raise SharingError(f"{post.network.title} has no composer that can be opened with an address.")
    return make(post)


def address(base: str, **fields: str | None) -> str:
    """Join fields to an address; empty ones are left out."""
    present = {name: value for name, value in fields.items() if value}
    return f"{base}?{urlencode(present, quote_via=quote, safe='')}"


def linkedin(post: Post) -> str:
    """LinkedIn feed: it takes a link only, and reads the page's own title and picture."""
    if post.link is None:
        raise SharingError("LinkedIn takes a link only, and this badge has none.", remedy="Publish your page first.")
    return address("https://www.linkedin.com/sharing/share-offsite/", url=post.link)


def linkedin_profile(post: Post) -> str:
    """LinkedIn profile, Licenses & certifications: months 1 to 12; the organisation by number where known."""
    award = post.award
    organisation = (
        {"organizationId": award.organization_id} if award.organization_id else {"organizationName": award.issuer}
    )
    issued = {"issueYear": str(award.issued.year), "issueMonth": str(award.issued.month)} if award.issued else {}
    expires = (
        {"expirationYear": str(award.expires.year), "expirationMonth": str(award.expires.month)}
        if award.expires
        else {}
    )
    return address(
        "https://www.linkedin.com/profile/add",
        startTask="CERTIFICATION_NAME",
        name=award.name,
        **organisation,
        **issued,
        **expires,
        certUrl=post.link,
        certId=profile_id(award.credential_id),
    )


def profile_id(credential_id: str | None) -> str | None:
    """Return the id for LinkedIn's form; URLs and URNs look like noise there, and the link says it already."""
    if not credential_id or ":" in credential_id:
        return None
    return credential_id


def x(post: Post) -> str:
    """X: the link is part of the text."""
    text, url = split_link(post)
    return address("https://x.com/intent/tweet", text=text, url=url)


def facebook(post: Post) -> str:
    """Facebook: a link only."""
    if post.link is None:
        raise SharingError("Facebook takes a link only, and this badge has none.", remedy="Publish your page first.")
    return address("https://www.facebook.com/sharer/sharer.php", u=post.link)


def threads(post: Post) -> str:
    """Threads: text and link."""
    text, url = split_link(post)
    return address("https://www.threads.com/intent/post", text=text, url=url)


def reddit(post: Post) -> str:
    """Reddit: a title and a link."""
    text, url = split_link(post)
    return address("https://www.reddit.com/submit", url=url, title=text)


def whatsapp(post: Post) -> str:
    """WhatsApp: text."""
    return address("https://wa.me/", text=post.text)


def telegram(post: Post) -> str:
    """Telegram: a link with text; without a link, text alone."""
    text, url = split_link(post)
    return address("https://t.me/share/url", url=url or " ", text=text)


def mail(post: Post) -> str:
    """E-mail (RFC 6068): lines end in CRLF."""
    body = post.text.replace("\r\n", "\n").replace("\n", "\r\n")
    return address("mailto:", subject=post.award.name, body=body)


def bluesky(post: Post) -> str:
    """Bluesky: text."""
    return address("https://bsky.app/intent/compose", text=post.text)


def split_link(post: Post) -> tuple[str, str | None]:
    """Return the text without the link at its end, and the link: these composers append it themselves."""
    if post.link is None or post.link not in post.text:
        return post.text, post.link
    return " ".join(post.text.replace(post.link, " ").split(" ")).replace("  ", " ").strip(), post.link


COMPOSERS: dict[str, Callable[[Post], str]] = {
    "linkedin": linkedin,
    "linkedin-profile": linkedin_profile,
    "x": x,
    "facebook": facebook,
    "threads": threads,
    "reddit": reddit,
    "whatsapp": whatsapp,
    "telegram": telegram,
    "mail": mail,
    "bluesky": bluesky,
}
