"""How much there is of everything: asked on every page, reckoned once after each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from passport.vault.model import Change, Entry, Page
from passport.vault.vault import Vault


@dataclass(slots=True)
class Overview:
    """Counts over the whole passport, and the collections' names."""

    vault: Vault
    _page: Page | None = None
    _collections: Mapping[str, Mapping[str, object]] | None = None
    _changes: int = field(default=0)

    def forget(self, _change: Change) -> None:
        """Reckon anew when next asked; may be called from any thread."""
        self._changes += 1
        self._page = None
        self._collections = None

    @property
    def everything(self) -> Page:
        """All badges outside the trash: how many, and how many of each kind."""
        page = self._page
        if page is None:
            before = self._changes
            page = self.vault.search("", limit=1)
            if before == self._changes:  # else something changed meanwhile
                self._page = page
        return page

    @property
    def collections(self) -> Mapping[str, Mapping[str, object]]:
        """The owner's collections by id, in the order of their names."""
        found = self._collections
        if found is None:
            before = self._changes
            found = _collections(self.vault)
            if before == self._changes:
                self._collections = found
        return found

    @property
    def collection_names(self) -> dict[str, str]:
        """The names alone."""
        return {key: str(state["name"]) for key, state in self.collections.items()}

    def number(self, facet: str, value: str) -> int:
        """Return how many badges have a value."""
        return self.everything.facets.get(facet, {}).get(value, 0)


def _collections(vault: Vault) -> Mapping[str, Mapping[str, object]]:
    states = ((subject.removeprefix("collection:"), vault.state(subject)) for subject in vault.subjects("collection:"))
    kept = [(key, state) for key, state in states if state.get("name") and not state.get("trashed")]
    return dict(sorted(kept, key=lambda item: str(item[1]["name"]).casefold()))


def all_entries(vault: Vault) -> tuple[Entry, ...]:
    """Return all badges outside the trash, newest first."""
    return vault.search("", sort="date", limit=1_000_000).entries
