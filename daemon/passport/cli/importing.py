"""import: taking in files, folders and addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import click

from passport.cli.connecting import connected
from passport.cli.helping import Command
from passport.cli.printing import console, json_option, line, plain, verdict_word
from passport.cli.saying import Saying, Voice
from passport.cli.speaking import absolute
from passport.look.words import noted

COUNTED = {
    "added": noted("%(number)s added"),
    "already-there": noted("%(number)s already there"),
    "no-badge": noted("%(number)s without a badge"),
}


@click.command("import", cls=Command)
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@json_option
@click.pass_obj
def import_command(say: Voice, sources: tuple[str, ...], *, as_json: bool) -> int:
    """Take in files, folders (with all that is in them) and addresses."""
    body = {
        "paths": [absolute(source) for source in sources if not is_address(source)],
        "addresses": [source for source in sources if is_address(source)],
    }
    with connected() as daemon:
        lines = daemon.lines("POST", "/import", body)
        results = _print_json(lines) if as_json else _print_for_people(lines, say)
    return 1 if results["refused"] else 0


def is_address(source: str) -> bool:
    """Whether this is a URL rather than a path."""
    return source.lower().startswith(("http://", "https://"))


def flattened(taken: Mapping[str, Any]) -> dict[str, object]:
    """Return a line of `import --json`: the entry, with what became of it (design: Contract)."""
    return {**(taken["entry"] or {}), "result": taken["result"], "reason": taken["reason"], "file": taken["name"]}


def _print_json(lines: Iterator[Mapping[str, Any]]) -> Counter[str]:
    results: Counter[str] = Counter()
    for said in lines:
        if said["kind"] == "taken":
            results[said["taken"]["result"]] += 1
            line(flattened(said["taken"]))
    return results


def _print_for_people(lines: Iterator[Mapping[str, Any]], say: Saying) -> Counter[str]:
    from rich.progress import Progress

    results: Counter[str] = Counter()
    out = console()
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task(say("Taking in"), total=None)
        for said in lines:
            if said["kind"] == "progress":
                progress.update(task, completed=said["done"], total=said["total"])
            elif said["kind"] == "taken":
                results[said["taken"]["result"]] += 1
                _print_one(progress.console, said["taken"], say)
    out.print(
        ", ".join(_counted(result, count, say) for result, count in results.items()) or say("Nothing to take in.")
    )
    return results


def _counted(result: str, count: int, say: Saying) -> str:
    if result == "refused":
        return say.many("%(number)s refused", "%(number)s refused", count)
    return say(COUNTED[result], number=count)


def _print_one(out: Any, taken: Mapping[str, Any], say: Saying) -> None:  # noqa: ANN401 (rich's console, loaded late)
    from rich.markup import escape

    if taken["entry"] is not None:
        entry = taken["entry"]
        issuer = entry["issuer"]["name"] or entry["issuer"]["id"] or ""
        name = escape(plain(entry["name"])) + (f" [dim]({escape(plain(issuer))})[/dim]" if issuer else "")
        note = "" if taken["result"] == "added" else f" [dim]({say('already there')})[/dim]"
        out.print(f"{verdict_word(entry['verdict'], say)}  {name}{note}", soft_wrap=True)
    elif taken["result"] == "refused":
        reason = escape(plain(say.sentence(taken["reason"] or ""), limit=1000))
        out.print(f"[red]{say('Refused')}[/red]  {escape(plain(taken['name']))}: {reason}", soft_wrap=True)
