"""Open every layer of a GeoPackage in QGIS as a person does, and draw each to a picture.

Run by hand, with the Python that has PyQGIS (Debian: ``apt install python3-qgis``):

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/qgis_look.py maps/data/atlas.gpkg pictures/
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

SIZE = (1600, 1200)


def main(package: Path, out: Path) -> int:
    """Draw all layers; return how many did not open or came without their style."""
    from qgis.core import QgsApplication, QgsVectorLayer

    app = QgsApplication([], False)
    app.initQgis()
    out.mkdir(parents=True, exist_ok=True)
    whole = QgsVectorLayer(str(package), "all", "ogr")
    names = [part.split("!!::!!")[1] for part in whole.dataProvider().subLayers()]
    faults = 0
    ground = QgsVectorLayer(f"{package}|layername=units", "units", "ogr")
    for name in names:
        layer = QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
        renderer = layer.renderer()
        kind = renderer.type() if renderer else "table"
        aliases = [field.alias() for field in layer.fields() if field.alias()]
        print(name, layer.isValid(), layer.featureCount(), kind, "、".join(aliases[:4]))
        shown = renderer is None or (kind == "categorizedSymbol" and bool(renderer.categories()))
        faults += not (layer.isValid() and (shown or not layer.featureCount()) and aliases)
        if renderer is not None:
            draw([layer] if name == "units" else [ground, layer], out / f"{name}.png")
    print(f"{len(names)} layers, {faults} not as they should be", flush=True)
    return faults


def draw(layers: list, path: Path) -> None:
    """Draw layers, the first on top, at the extent of the last."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor

    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setOutputSize(QSize(*SIZE))
    settings.setBackgroundColor(QColor("white"))
    extent = layers[0].extent()
    extent.scale(1.05)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(str(path))


if __name__ == "__main__":
    # QGIS crashes where Python takes its objects down: leave without that.
    os._exit(1 if main(Path(sys.argv[1]), Path(sys.argv[2])) else 0)
