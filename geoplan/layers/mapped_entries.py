"""What a registry lacks for layers that field mappings make: themes, classes, the document."""

from __future__ import annotations

from collections.abc import Sequence

from geoplan import mappings
from geoplan.layers.faults import Faults
from geoplan.layers.read import PLACE, LayerFile
from geoplan.layers.registry import Class, Document, Registry, Theme
from geoplan.toml import suggestion

DOCUMENT = "user-data"
"""Id of the document of layers that are files; made where the registry has none of that id."""

_TITLE = "用户接入的矢量成果（以其自身来源为准）"


def check_mappings(files: Sequence[LayerFile], known: mappings.Mappings) -> None:
    """Raise `LayerError` where layer files name mappings that are not there."""
    faults = Faults()
    for file in files:
        code = file.layer.file.mapping if file.layer.file else None
        if code is not None and code not in known:
            where = file.at("file", "mapping")
            hint = suggestion(code, list(known))
            said = f"{where}: mapping {code!r} is not known.{hint} There are: {', '.join(known)}"
            faults.add([said], [file.name])
    faults.raise_any(PLACE)


def with_entries(
    registry: Registry,
    made: Sequence[LayerFile],
    *,
    files: Sequence[LayerFile],
    known: mappings.Mappings,
    scope: str,
) -> Registry:
    """Return the registry with what it lacks; entries of its own stay as they are.

    Parameters
    ----------
    made
        Layers that files are by their names: their theme may be new.
    files
        All layer files; of those that name a mapping, features may be of its classes.
    scope
        Code of the unit that the document of such layers is of.

    Raises
    ------
    LayerError
        Where a file lies in a folder that is no theme.
    """
    themes = {theme.id: theme for theme in registry.theme}
    classes = {each.id: each for each in registry.class_}
    documents = {document.id: document for document in registry.document}
    faults = Faults()
    for file in made:
        mapping = known[_code(file)]
        if file.layer.theme not in (*themes, mapping.theme.id):
            faults.add([_no_theme(file, registry, mapping)], [file.name])
        group = Theme(id=file.layer.theme, title=mapping.theme.title)
        themes.setdefault(group.id, group)
        own = Document(id=DOCUMENT, title=_TITLE, scope=scope, plan=False)
        documents.setdefault(DOCUMENT, own)
    faults.raise_any(PLACE)
    for file in files:
        code = _code(file)
        for drawn in known[code].draws if code else ():
            classes.setdefault(drawn.id, Class(**drawn.model_dump()))
    return registry.model_copy(
        update={
            "theme": tuple(themes.values()),
            "class_": tuple(classes.values()),
            "document": tuple(documents.values()),
        }
    )


def _code(file: LayerFile) -> str:
    return (file.layer.file.mapping if file.layer.file else None) or ""


def _no_theme(file: LayerFile, registry: Registry, mapping: mappings.Mapping) -> str:
    known = ", ".join(theme.id for theme in registry.theme)
    return (
        f"{file.path}: lies in a folder that is no theme; put it into layers/{mapping.theme.id}/ "
        f"or into the folder of a theme: {known}"
    )
