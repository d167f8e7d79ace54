"""Reads a YAML file of a policy folder, keeping line numbers and refusing what YAML 1.1 silently misreads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from peibu.rulebook.errors import PolicyError


class Lined(dict):
    """A mapping that knows the line it began on."""

    line: int = 0


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    file: Path


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Lined:
    result = Lined()
    result.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        if isinstance(key, bool):
            told = f"the key {key_node.value!r} is read as {key} by YAML 1.1"
            raise PolicyError(told, file=loader.file, line=line, remedy="use another word, or quote it")
        if key in result:
            raise PolicyError(f"the key {key!r} occurs twice", file=loader.file, line=line, remedy="keep one of them")
        try:
            result[key] = loader.construct_object(value_node, deep=True)
        except ValueError as error:
            remedy = "mend the value (an impossible date?)"
            raise PolicyError(
                f"{key}: {error}", file=loader.file, line=value_node.start_mark.line + 1, remedy=remedy
            ) from None
    return result


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, *, optional: bool = False) -> Any:
    """Return the content of the file; {} when it may be absent and is. PolicyError with file and line otherwise."""
    if not path.is_file():
        if optional:
            return {}
        raise PolicyError("the file is missing", file=path, remedy="every policy folder needs it")
    loader = _Loader(path.read_text(encoding="utf-8"))
    loader.file = path
    try:
        return loader.get_single_data() or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or str(error)
        raise PolicyError(problem, file=path, line=line, remedy="mend the YAML") from None
    except ValueError as error:
        raise PolicyError(str(error), file=path, remedy="mend the value (an impossible date?)") from None
    finally:
        loader.dispose()
