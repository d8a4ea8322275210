"""The index's table against TinyDB's own: the same steps give the same answers, and a reopened one has them still."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage

from passport.disk import Disk
from passport.vault.live import LiveDatabase
from passport.vault.snapshots import Snapshots

NAMES = st.sampled_from(["a", "b", "c"])
IDS = st.integers(1, 6)
STEPS = st.one_of(
    st.tuples(st.just("insert"), NAMES, st.integers(0, 9)),
    st.tuples(st.just("upsert"), NAMES, IDS),
    st.tuples(st.just("update where"), NAMES, st.integers(0, 9)),
    st.tuples(st.just("update id"), NAMES, IDS),
    st.tuples(st.just("remove where"), NAMES, st.just(0)),
    st.tuples(st.just("remove id"), NAMES, IDS),
    st.tuples(st.just("truncate"), NAMES, st.just(0)),
)


def live(folder: Path) -> LiveDatabase:
    folder.mkdir(exist_ok=True)
    return LiveDatabase(Snapshots(Disk(), folder, snapshot_bytes=400))


def do(table: Any, step: tuple[str, str, int]) -> object:
    what, name, number = step
    try:
        match what:
            case "insert":
                return table.insert({"name": name, "number": number, "tags": [name]})
            case "upsert":
                kind = table.document_class
                return table.upsert(kind({"name": name, "number": 0}, doc_id=number))
            case "update where":
                return sorted(table.update({"number": number}, where("name") == name))
            case "update id":
                return table.update({"name": name}, doc_ids=[number])
            case "remove where":
                return sorted(table.remove(where("name") == name))
            case "remove id":
                return table.remove(doc_ids=[number])
            case _:
                return table.truncate()
    except KeyError as error:
        return f"KeyError {error}"


def rows(table: Any) -> dict[int, dict[str, object]]:
    return {document.doc_id: dict(document) for document in table.all()}


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_the_same_steps_give_the_same_answers(tmp_path_factory, steps) -> None:
    folder = tmp_path_factory.mktemp("live")
    stock, database = TinyDB(storage=MemoryStorage).table("t"), live(folder)
    ours = database.table("t")
    for step in steps:
        assert do(ours, step) == do(stock, step), step
        assert rows(ours) == rows(stock), step
        assert len(ours) == len(stock)
        for name in ("a", "b"):
            found = [sorted(d.doc_id for d in table.search(where("name") == name)) for table in (ours, stock)]
            assert found[0] == found[1]
    database.close()
    assert rows(live(folder).table("t")) == rows(stock)


def test_what_comes_out_may_be_changed_without_harm(tmp_path: Path) -> None:
    table = live(tmp_path / "x").table("t")
    table.insert({"tags": ["a"]})
    table.all()[0]["tags"].append("b")
    assert table.all()[0]["tags"] == ["a"]


def test_an_update_that_fails_changes_nothing(tmp_path: Path) -> None:
    table = live(tmp_path / "x").table("t")
    table.insert_multiple([{"n": 1}, {"n": 2}])

    def fail(document: dict[str, object]) -> None:
        if document["n"] == 2:
            raise ValueError("the second one")
        document["n"] = 9

    with pytest.raises(ValueError, match="the second one"):
        table.update(fail)
    assert [d["n"] for d in table.all()] == [1, 2]
