"""Who caught what: every wrong Raft against every stage.  Run it: `python -m tests.raft.table`."""

from tests.raft.hunt import STAGES, findings
from tests.raft.mutants import MUTANTS
from tests.raft.reference import source


def rows() -> list[list[str]]:
    """Return a row a mutant: its name, how many checks of each stage it fails, the rule meant for it."""
    table = [["wrong Raft", *STAGES, "the rule that names it"]]
    for mutant in MUTANTS:
        names = mutant.build(source())
        cells = []
        for stage in STAGES:
            found = list(findings(stage, names))
            mark = "*" if stage == mutant.stage and mutant.rule in {broken.rule for broken in found} else ""
            cells.append(f"{len(found) or ''}{mark}")
        table.append([mutant.name, *cells, mutant.rule.value])
    return table


def main() -> None:
    """Print the table; a star marks the stage meant for the bug when it names the right rule."""
    table = rows()
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
