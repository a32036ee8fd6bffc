"""Who caught what: every wrong Raft against every stage.  Run it: `python -m tests.insideout.raft.table`."""

from typing import Any

from tests.insideout.raft.hunt import STAGES, findings
from tests.insideout.raft.mutants import MUTANTS, Mutant
from tests.insideout.raft.reference import source


def rows() -> list[list[str]]:
    """Return a row a mutant: its name, which stages catch it, the rule meant for it."""
    table = [["wrong Raft", *STAGES, "the rule that names it"]]
    for mutant in MUTANTS:
        names = mutant.build(source())
        table.append([mutant.name, *(_caught(mutant, stage, names) for stage in STAGES), mutant.rule.value])
    return table


def _caught(mutant: Mutant, stage: str, names: dict[str, Any]) -> str:
    """Return "*" when the stage meant for a bug names its rule, "x" when a stage finds anything, else ""."""
    if stage == mutant.stage:
        return "*" if any(broken.rule is mutant.rule for broken in findings(stage, names)) else "-"
    return "x" if any(findings(stage, names)) else ""


def main() -> None:
    """Print the table: * the stage meant for a bug names its rule, x another finds it too, - it missed."""
    table = rows()
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
