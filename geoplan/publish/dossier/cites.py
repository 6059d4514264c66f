"""Citations in tables of a dossier: a number for each document, told below the table."""

from __future__ import annotations

from dataclasses import dataclass, field

from geoplan.publish.citations import citation, is_plan
from geoplan.publish.dossier.say import Say
from geoplan.publish.dossier.subject import Row, Subject

MOST_SECTIONS = 3


@dataclass
class Cites:
    """The documents that one table cites, by their numbers in the dossier."""

    subject: Subject
    say: Say
    seen: set[str] = field(default_factory=set)

    def at(self, document: str, *sections: str) -> str:
        """Return a citation: the document's number and some sections of it."""
        self.seen.add(document)
        found = list(dict.fromkeys(sections))
        text = "；".join(found[:MOST_SECTIONS]) + ("……" if found[MOST_SECTIONS:] else "")
        return f"[{self.subject.numbers[document]}]" + (f" {text}" if text else "")

    def of_layer(self, layer: str, rows: list[Row]) -> str:
        """Return the citation of some features of a layer."""
        sections = (row["section"] for row in rows)
        return self.at(self.subject.layers[layer]["document"], *sections)

    def note(self) -> tuple[str, ...]:
        """Return what the numbers stand for, if there are any; with what has expired."""
        told = []
        for key, number in self.subject.numbers.items():
            if key in self.seen:
                row = self.subject.documents[key]
                old = is_plan(row) and row["status"] not in (None, "in_force")
                mark = f"［{self.say.code('status', row['status'])}］" if old else ""
                told.append(f"[{number}] {citation(row, '')}{mark}")
        return (self.say.word("dossier.cites", told="；".join(told)),) if told else ()
