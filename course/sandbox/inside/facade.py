"""What of both packages can be imported beside the learner's code: only what gives no answer away.

The allowed modules are files below one folder.  Any other import of the package gives a placeholder, and
using it raises NotInGrader.  So an import cell that also names plots or records still defines everything
else, and a failing use says which name it was.
"""

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

PACKAGES = ("course", "insideout")
INSTEAD = {"insideout.cluster": "cluster"}
"""Modules of the packages that have another one of this folder in their place."""
WHY = "it is not there while your work is graded, because it holds answers"
NOTE = (
    "Note: parts of the packages course and insideout are not there while your work is graded; "
    "using one raises NotInGrader. Your points come from your own functions."
)


class NotInGrader(Exception):  # noqa: N818  learners read the name in their feedback
    """A part of the package that holds answers was used while grading."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show: the reason is all that matters, and a traceback takes it 50 ms."""
        return [f"NotInGrader: {self}"]


def _refuse(name: str) -> NoReturn:
    raise NotInGrader(f"{name}: {WHY}")


class Absent:
    """Stands for a name of a module that is not there; any use of it raises NotInGrader."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __repr__(self) -> str:
        return f"<{self._name} is not there while grading>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "_repr_", "_ipython_")):
            raise AttributeError(name)  # Python and IPython only ask whether it is there
        _refuse(f"{self._name}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse, as any use does."""
        _refuse(self._name)

    def __iter__(self) -> Any:
        _refuse(self._name)

    def __getitem__(self, key: Any) -> Any:
        _refuse(self._name)

    def __enter__(self) -> Any:
        _refuse(self._name)

    def __exit__(self, *error: object) -> None:
        """Never reached: entering raises."""

    def __mro_entries__(self, bases: Any) -> Any:
        _refuse(self._name)


class AbsentModule(ModuleType):
    """A module that has every name, as a placeholder."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


class Facade(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the package below `folder`, and placeholders for all others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._noted = False

    def begin(self) -> None:
        """Say again, to the learner, that there are placeholders; the warm parent met some before."""
        self._noted = False

    def install(self) -> None:
        """Answer for the package from now on, before any other finder."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where the module comes from; None for other packages."""
        if fullname.split(".")[0] not in PACKAGES:
            return None
        base = self._folder.joinpath(*fullname.split("."))
        if (base / "__init__.py").exists():
            return importlib.util.spec_from_file_location(
                fullname, base / "__init__.py", submodule_search_locations=[str(base)]
            )
        if base.with_suffix(".py").exists():
            return importlib.util.spec_from_file_location(fullname, base.with_suffix(".py"))
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module in its place, or a placeholder; say once that there are such."""
        if spec.name in INSTEAD:
            return importlib.import_module(f".{INSTEAD[spec.name]}", __package__)
        if not self._noted:
            self._noted = True
            sys.stderr.write(NOTE + "\n")
        return AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it is."""
