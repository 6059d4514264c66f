"""Whether the lines that rules cite hold the words that they should."""

from __future__ import annotations

from geoplan.layers.citations import Checked, Texts
from geoplan.layers.registry import Registry
from geoplan.schema.wording import normalised


def check_rule_citations(registry: Registry, *, texts: Texts, checked: Checked) -> Checked:
    """Add to `checked` what is wrong with the lines that rules cite, and return it.

    Every line exists and is not blank, and the words of `printed` stand in
    them. Regulations, and documents without a text, are counted, not checked.
    """
    for rule in registry.rule:
        source = rule.source
        text = texts.lines.get(source.document or "")
        if text is None:
            checked.counts["rules without a text"] += 1
            continue
        where = registry.at("rule", rule.id, "source")
        blank = [n for n in source.lines if not 1 <= n <= len(text) or not text[n - 1].strip()]
        if blank:
            checked.faults.append(
                f"{where}: line(s) {', '.join(map(str, blank))} of {source.document!r} "
                f"({len(text)} lines) are not there or empty"
            )
            continue
        cited = "\n".join(normalised(text[n - 1]) for n in source.lines)
        checked.faults += [
            f"{where}: {word!r} does not stand there"
            for word in source.printed
            if normalised(word) not in cited
        ]
        checked.counts["rules"] += 1
        checked.counts["words"] += len(source.printed)
        checked.counts["lines"] += len(source.lines)
    return checked
