"""Source files of packages in many languages; the ending of a file's name says which."""

from collections.abc import Iterator
from pathlib import Path

from modelyard.catalog.evaluation.endings import labelled
from modelyard.catalog.evaluation.item import Item

PACKAGES = {
    "capacitor": {".swift": "Swift"},
    "cobra": {".go": "Go"},
    "django": {".py": "Python", ".html": "HTML"},
    "dracut": {".sh": "Shell"},
    "eslint": {".js": "JavaScript"},
    "mojolicious": {".pm": "Perl"},
    "penlight": {".lua": "Lua"},
    "pycryptodome": {".c": "C"},
    "react-native": {
        ".cpp": "C++",
        ".java": "Java",
        ".kt": "Kotlin",
        ".m": "Objective-C",
        ".mm": "Objective-C",
        ".rb": "Ruby",
        ".xml": "XML",
    },
    "rxjs": {".ts": "TypeScript"},
    "stdlib": {".erl": "Erlang"},
    "swi-prolog": {".pl": "Prolog"},
    "symfony": {".php": "PHP"},
    "tokio": {".rs": "Rust"},
}
MOST = 30
"""Files of one language."""


def items(data: Path) -> Iterator[Item]:
    """Files that are text, with the name of their language."""
    for package, endings in PACKAGES.items():
        for path, content, language in labelled(data / package, endings, MOST):
            yield Item(f"{package}/{path}", content, language, slices={"size": size(content)})


def size(content: bytes) -> str:
    """Which third of the files it is in, about."""
    return "up to 2 kB" if len(content) <= 2000 else "2 to 6 kB" if len(content) <= 6000 else "more than 6 kB"
