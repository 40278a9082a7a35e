"""What a Python file says: what it imports, and how it uses what it imported."""

from dataclasses import dataclass, field

# Methods that train, on whatever object.
METHODS = frozenset({
    "backward", "zero_grad", "clear_grad", "cleargrads",
    "fit", "compile", "fit_generator", "train_on_batch", "minimize", "apply_gradients",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Import:
    """An import: `bound` is the name that it gives to `target`, "*" for all names.

    Args:
        line: Where it stands.
        module: What is looked up first, without the leading dots.
        level: The number of leading dots.
        bound: The name in this file, empty for none.
        name: The name taken out of the module, if one is.
    """

    line: int
    module: str
    level: int
    bound: str
    name: str = ""

    @property
    def path(self) -> str:
        """The dotted path that is imported."""
        return f"{self.module}.{self.name}" if self.name and self.name != "*" else self.module

    @property
    def target(self) -> str:
        """What the bound name stands for: `import a.b` binds `a` alone."""
        if not self.name and self.bound == self.module.partition(".")[0]:
            return self.bound
        return self.path


@dataclass(slots=True)
class PythonCode:
    """What a file says, before it is known which names are whose.

    Args:
        imports: In the order of the file.
        assigned: `F = torch.nn.functional`: name, root and the rest of the path.
        references: Root and rest of each dotted name, how often it stands and where first.
        methods: Those of `METHODS` that stand in it.
        defined: Names that the file binds itself.
    """

    imports: list[Import] = field(default_factory=list)
    assigned: list[tuple[str, str, str]] = field(default_factory=list)
    references: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    methods: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)

    def refer(self, root: str, rest: str, line: int) -> None:
        """Count one more use of a dotted name."""
        count, first = self.references.get((root, rest), (0, line))
        self.references[root, rest] = (count + 1, min(first, line))

    def merge(self, other: "PythonCode", line: int) -> None:
        """Take in what a cell of a notebook says; everything of it stands at `line`."""
        for found in other.imports:
            self.imports.append(Import(line, found.module, found.level, found.bound, found.name))
        self.assigned += other.assigned
        for (root, rest), (count, _) in other.references.items():
            before, first = self.references.get((root, rest), (0, line))
            self.references[root, rest] = (before + count, min(first, line))
        self.methods |= other.methods
        self.defined |= other.defined
