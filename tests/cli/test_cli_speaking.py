"""The command line in the owner's language: people read nothing else, and what programs read does not change."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest
from tests.cli.test_cli_road import Program, program, self_signed  # noqa: F401 (a fixture)

from passport.cli.helping import paragraphs
from passport.cli.running import COMMANDS, root, run
from passport.cli.saying import English, Voice
from passport.errors import ParseError, PassportError
from passport.speech import PSEUDO, Speech

# ruff: noqa: F811 (fixtures are asked for by their names)

slow = pytest.mark.slow
DATA = re.compile(
    r"https?://\S*|/[\w./-]+|\b[\w.-]+\.(png|txt|pdf|md|zip|age|json|toml)\b|\b[0-9a-z]{16}\b|[0-9a-f]{64}|SHA-256"
    r"|--?[a-z][a-z-]*|\b[A-Z][A-Z_]+\b|\[ARGS\]|\{[a-z|-]+\}|badge-passport( [a-z]+){0,3}|Badge Passport|Open Badges"
    r"|did:key:\w+|Knot Master|Harbour|Sailing Club|Ties the ten knots of the club without looking|on, off, status"
    r"|\b(private|import|confirm|join|list|move|rename|revoke|linkedin|facebook|threads|reddit|whatsapp|telegram|mail"
    r"|mastodon|bluesky)\b"
    r"|No such file or directory|vault\.json|scripts/start|eddsa-\S+|Python|Linux|rope|hello|127\.0\.0\.1"
    r"|(visibility|note|rating)=\S*|tag:\w+|\b(card|added|passport|Mastodon|LinkedIn)\b"
)
"""Names, paths, addresses, what was typed and what is typed."""


def plain_english(text: str) -> list[str]:
    """Return the words that are not in disguise: the disguise has no three letters of ASCII in a row."""
    return re.findall(r"[A-Za-z]{3,}", DATA.sub(" ", text))


def test_plain_english_would_be_noticed() -> None:
    assert plain_english("⟦Ñööťĥîîñĝ⟧ found in /tmp/x") == ["found"]
    assert plain_english("⟦Ñööťĥîîñĝ ƒööûûñđ.⟧ /tmp/x knot.png --json") == []


@pytest.fixture
def disguised(program: Program) -> Program:
    program.home.mkdir()
    (program.home / "settings.toml").write_text(f'language = "{PSEUDO}"\n', encoding="utf-8")
    return program


def roads(entry: str, file: Path, folder: Path) -> list[list[str]]:
    """Return the lines that are typed on the usual roads, and on some that lead nowhere."""
    nothing, out = folder / "nothing.txt", folder / "out"
    nothing.write_text("nothing", encoding="utf-8")
    return [
        ["status"], ["list"], ["list", "tag:rope"], ["list", "hello"], ["show", entry], ["show", "a" * 16],
        ["import", str(file)], ["import", str(nothing)], ["import", str(folder / "gone.png")],
        ["tag", entry, "+rope"], ["tag", entry, "-rope"], ["tag", entry, "rope"],
        ["set", entry, "visibility=public", "note=hello"], ["set", entry, "rating=9"], ["set", entry, "rope=hello"],
        ["trash", entry], ["untrash", entry], ["check", entry], ["check"], ["reindex"], ["scrub"], ["doctor"],
        ["export", str(out / "one.zip")], ["export", str(out / "all")], ["export", str(out / "all")],
        ["backup", str(folder / "my.age")], ["restore", str(folder / "my.age")], ["restore", str(nothing)],
        ["vault", "list"], ["vault", "confirm", "AAAA-AAAA"], ["vault", "revoke", "a" * 16], ["vault"],
        ["vault", "move"], ["share", entry, "--to", "linkedin", "--print"], ["share", entry, "--to", "mastodon"],
        ["share", entry, "--to", "rope"], ["share", entry, "--to", "linkedin", "--at", "hello"],
        ["publish"], ["publish", "--out", str(out / "page"), "--dry-run"], ["publish", "--out", str(out / "page")],
        ["cv", "--out", str(out / "cv.md")], ["cv", "--out", str(out / "cv.txt")], ["cv", "HELLO", "--out", "cv.md"],
        ["pause", "--minutes", "60"], ["status"], ["doctor"], ["pause"], ["status"], ["resume"], ["open", "--print"],
        ["autostart", "status"], ["autostart"], ["start", "--port", "HELLO"],
        ["HELLO"], ["list", "--rope"], ["verify"],
    ]  # fmt: skip


@slow
@pytest.mark.timeout(900)
def test_nothing_that_people_read_is_forgotten(disguised: Program, tmp_path: Path, monkeypatch, capsys) -> None:
    """All commands speak with one daemon; those that leave this process as it was run in it, which saves a minute."""
    for name, value in disguised.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "knot.png"
    file.write_bytes(self_signed())
    process = disguised.start()
    try:
        (tmp_path / "out").mkdir()
        entry = json.loads(disguised.run("import", "--json", str(file)).stdout)["id"]
        said = {}
        for line in roads(entry, file, tmp_path):
            run(line)
            said[" ".join(line)] = plain_english("".join(capsys.readouterr()))
        second = disguised.run("start", "--no-browser", "--no-tray")
        said["start"] = plain_english(second.stdout + second.stderr)
        run(["stop"])
        said["stop"] = plain_english("".join(capsys.readouterr()))
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert {line: words for line, words in said.items() if words} == {}
    assert "⟦" in out
    assert plain_english(out + err) == []


@slow
def test_nothing_of_a_report_is_forgotten(disguised: Program, tmp_path: Path) -> None:
    good, altered, none = tmp_path / "good.png", tmp_path / "altered.json", tmp_path / "none.txt"
    good.write_bytes(self_signed())
    altered.write_bytes(b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "nothing"}')
    none.write_text("nothing", encoding="utf-8")
    for file in good, altered, none:
        done = disguised.run("verify", "--offline", str(file))
        assert [word for word in plain_english(done.stdout + done.stderr) if word not in {"nothing", "none"}] == [], (
            done.stdout
        )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_all_of_the_help_is_there_in_finnish(name: str) -> None:
    """Each text of the help is in the catalogue; that it is looked up is seen below."""
    say, command = Speech.of(["fi"]), root.get_command(None, name)  # type: ignore[arg-type] # the context is not looked at
    texts = [COMMANDS[name][1], *paragraphs(command.help)]
    for one in [command, *getattr(command, "commands", {}).values()]:
        texts += paragraphs(one.help or "")
        texts += [option.help for option in one.params if getattr(option, "help", None)]
    assert [text for text in texts if say(text) == text and "mastodon" not in text] == []


@slow
def test_help_and_wrong_usage_are_said_in_finnish(program: Program) -> None:
    program.environment["LC_ALL"] = "fi_FI.UTF-8"
    helped, wrong = program.run("list", "--help"), program.run("set", "x", "rating=9")
    assert "Käyttö: badge-passport list [OPTIONS] [QUERY]..." in helped.stdout
    assert "Valitsimet:" in helped.stdout
    assert "[oletus: -added]" in " ".join(helped.stdout.split())
    assert wrong.returncode == 64
    assert wrong.stderr.splitlines()[-1] == "Virhe: Arvosana on 0 (ei mitään) – 5."


@pytest.mark.parametrize("given", ["/nowhere/nothing.png", "The  settings in x", "a: b"])
@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("fi_FI.UTF-8", [], "Virhe: {}: Tiedostoa ei voi lukea: No such file or directory."),
        ("C", [], "Error: {}: The file cannot be read: No such file or directory."),
        ("fi_FI.UTF-8", ["--at"], "Virhe: --at {0}: '{0}' ei ole mikään olemassa oleva päivä"),
        ("C", ["--at"], "Error: --at {0}: '{0}' is no date that exists"),
    ],
)
def test_what_was_given_is_no_part_of_the_sentence_about_it(
    tmp_path: Path, monkeypatch, capsys, given: str, language: str, typed: list[str], said: str
) -> None:
    monkeypatch.setenv("BADGE_PASSPORT_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.chdir(tmp_path)
    assert run(["verify", "--offline", *typed, given, "nothing"]) == 64
    assert capsys.readouterr().err.splitlines()[-1].startswith(said.format(given))


@slow
def test_what_is_set_comes_before_the_computers_language_and_json_is_english_for_ever(program: Program) -> None:
    file = program.downloads / "knot.png"
    file.write_bytes(self_signed())
    line = ["verify", "--offline", "--json", "--at", "2026-11-01T00:00:00Z", str(file)]
    plain = program.run(*line).stdout
    program.environment |= {"LANG": "fi_FI.UTF-8"}
    assert program.run("list").stdout == "Mitään ei löytynyt.\n"
    assert program.run(*line).stdout == plain
    program.home.mkdir(exist_ok=True)
    (program.home / "settings.toml").write_text('language = "en"\n', encoding="utf-8")
    assert program.run("list").stdout == "Nothing found.\n"
    (program.home / "settings.toml").write_text("language = 7\n", encoding="utf-8")
    refused = program.run("list")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Tiedostossa settings.toml ")


@slow
@pytest.mark.parametrize("language", ["C", "en_US.UTF-8", "fi_FI.UTF-8"])
def test_what_programs_read_loads_no_language(program: Program, language: str) -> None:
    """Neither Babel nor a catalogue: `--version`, JSON, and whatever is said in English."""
    program.environment |= {"LANG": language, "PYTHONVERBOSE": ""}
    lines = [["--version"], ["status", "--json"]] + (
        [["status"], ["list", "--help"]] if language != "fi_FI.UTF-8" else []
    )
    for line in lines:
        code = (
            "import sys; from passport.cli.running import run; status = run(sys.argv[1:]); "
            "sys.exit(99 if any(name.startswith(('babel', 'passport.speech')) for name in sys.modules) else 0)"
        )
        program.line = lambda *arguments, code=code: [*Program.line(program)[:1], "-c", code, *arguments]
        assert program.run(*line).returncode == 0, line


@slow
def test_a_cv_without_a_name_is_told_of(program: Program, tmp_path: Path) -> None:
    file = program.downloads / "knot.png"
    file.write_bytes(self_signed())
    program.run("import", str(file))
    done = program.run("cv", "--out", str(tmp_path / "cv.md"))
    assert done.returncode == 0
    assert done.stdout == f"Wrote {tmp_path / 'cv.md'}.\n"
    assert done.stderr == "It has no name yet, and says so: write yours in your profile in the gallery.\n"
    assert "Anonymous" in (tmp_path / "cv.md").read_text(encoding="utf-8")


def test_english_is_what_stands_in_the_source() -> None:
    say = English()
    assert say("100 % of it") == "100 % of it"
    assert say("%(number)s of it", number=3) == "3 of it"
    assert [say.many("%(number)s badge", "%(number)s badges", number) for number in (0, 1, 1234)] == [
        "0 badges", "1 badge", "1,234 badges",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PassportError("Badge Passport is not running."), "Badge Passport ei ole käynnissä."),
        (
            PassportError("The server's answer is no WebDAV.", remedy="Check the address."),
            "Palvelimen vastaus ei ole WebDAVia. Tarkista osoite.",
        ),
        (ParseError("line 3", "nobody knows"), "line 3: nobody knows"),
        (
            ParseError("the statement", "The file cannot be read: it is torn."),
            "todistus: Tiedostoa ei voi lukea: it is torn.",
        ),
        (ParseError("a/The b", "The server's answer is no WebDAV."), "a/The b: Palvelimen vastaus ei ole WebDAVia."),
        (PassportError(""), ""),
    ],
)
def test_an_error_is_said_with_what_mends_it(tmp_path: Path, error: PassportError, said: str) -> None:
    say = Voice({"BADGE_PASSPORT_HOME": str(tmp_path), "LANG": "fi_FI.UTF-8"})
    assert say.error(error) == said
