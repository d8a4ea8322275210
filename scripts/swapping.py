"""Putting a changed module's functions in the place of the loaded ones, so that nothing has to be loaded again."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType


def swap(file: str, old: bytes, new: bytes) -> bool:
    """Give every loaded function of a file the code of the changed source.

    False, and nothing is done: the change is not in functions alone, or some of them are not loaded.
    """
    before, after = (compile(source, file, "exec", dont_inherit=True) for source in (old, new))
    pairs = list(_changed(before, after))
    if _told(before) != _told(after) or not pairs:
        return False
    loaded = [one for one in gc.get_objects() if type(one) is FunctionType and one.__code__.co_filename == file]
    found = [(code, [one for one in loaded if one.__code__ == was]) for was, code in pairs]
    try:
        for code, functions in found:
            for function in functions:
                function.__code__ = code
    except ValueError:  # it closes over something else now
        return False
    return bool(found[0][1])


def _changed(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Pair the functions that differ, outer ones first."""
    for was, code in zip(_inner(before), _inner(after), strict=False):
        if _is_function(was) and _whole(was) != _whole(code):
            yield was, code
        yield from _changed(was, code)


def _inner(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if inspect.iscode(one)]


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def _told(code: CodeType) -> object:
    """Return what a module or class does when it is loaded: all but the bodies of functions."""
    constants = [
        (one.co_name, None if _is_function(one) else _told(one)) if inspect.iscode(one) else (type(one), one)
        for one in code.co_consts
    ]
    return code.co_code, constants, code.co_names


def _whole(code: CodeType) -> object:
    """Return all that a function does, without the numbers of its lines."""
    constants = [_whole(one) if inspect.iscode(one) else (type(one), repr(one)) for one in code.co_consts]
    return code.co_name, code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars
