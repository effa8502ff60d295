"""The README's examples."""

import re
from pathlib import Path


def test_examples_run() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text()
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        exec(compile(block, "README.md", "exec"), names)
    test = names["test_it_greets"]
    assert callable(test)
    test()
