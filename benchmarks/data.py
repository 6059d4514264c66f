"""Seeded layers for the benchmarks as files: parcels, zones, counties.

    python -m benchmarks.data FOLDER [--sizes 100000 1000000] [--crs work|4490] [--bbox] [--shares]

Everything comes from one seed; parcels are made and written in batches, so that memory does not
grow with their number. Coordinates are rounded to a millimetre.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import geopandas as gpd
import shapely

from benchmarks.parcels import parcels, slots, straddling
from benchmarks.zones import FINEST_M, SEED, counties, zones
from geoplan.crs import DATA_CRS, WORK_CRS, work_to_data

if TYPE_CHECKING:
    from types import TracebackType

    import pyproj

ROW_GROUP = 65_536


class LayerWriter:
    """Writes GeoParquet 1.1 (WKB) in row groups of `ROW_GROUP` rows, whatever comes in.

    Parameters
    ----------
    path
        The file.
    fields
        The columns besides ``geometry``.
    crs
        What the coordinates are in.
    bbox
        Whether to add the covering column of GeoParquet 1.1.
    """

    def __init__(
        self, path: Path, fields: list[pa.Field], crs: pyproj.CRS, *, bbox: bool = False
    ) -> None:
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": ["MultiPolygon", "Polygon"],
            "crs": crs.to_json_dict(),
        }
        fields = [*fields, pa.field("geometry", pa.binary())]
        if bbox:
            sides = ["xmin", "ymin", "xmax", "ymax"]
            column["covering"] = {"bbox": {side: ["bbox", side] for side in sides}}
            fields.append(pa.field("bbox", pa.struct([(side, pa.float64()) for side in sides])))
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        self._schema = pa.schema(fields, metadata={"geo": json.dumps(geo)})
        self._bbox = bbox
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush(last=True)
        self._writer.close()

    def write(self, columns: dict[str, np.ndarray], shapes: np.ndarray) -> None:
        """Append rows."""
        arrays: dict[str, pa.Array] = {
            name: pa.array(values, type=self._schema.field(name).type)
            for name, values in columns.items()
        }
        arrays["geometry"] = pa.array(shapely.to_wkb(shapes), type=pa.binary())
        if self._bbox:
            sides = [pa.array(side) for side in shapely.bounds(shapes).T]
            arrays["bbox"] = pa.StructArray.from_arrays(
                sides, fields=list(self._schema.field("bbox").type)
            )
        table = pa.table([arrays[name] for name in self._schema.names], schema=self._schema)
        self._waiting.append(table)
        self._rows += len(table)
        self._flush(last=False)

    def _flush(self, *, last: bool) -> None:
        while self._rows >= ROW_GROUP or (last and self._rows):
            table = pa.concat_tables(self._waiting)
            self._writer.write_table(table.slice(0, ROW_GROUP), row_group_size=ROW_GROUP)
            rest = table.slice(ROW_GROUP)
            self._waiting, self._rows = [rest], len(rest)


def make(
    folder: Path,
    sizes: list[int],
    *,
    degrees: bool = False,
    bbox: bool = False,
    seed: int = SEED,
    finest: float = FINEST_M,
) -> list[Path]:
    """Write what is missing of the layers and return all paths: counties, zones, parcels.

    Parameters
    ----------
    folder
        Where ``parcels-N.parquet``, ``zones.parquet`` and ``counties.parquet`` go.
    sizes
        Numbers of parcels.
    degrees
        Write EPSG:4490 into ``…-4490.parquet`` instead of `WORK_CRS`.
    bbox
        Add the covering column of GeoParquet 1.1.
    seed
        Same seed, same bytes.
    finest
        Draw the zones so fine, in metres, into ``zones-N-m.parquet``; parcels stay as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tail, crs = ("-4490", DATA_CRS) if degrees else ("", WORK_CRS)
    drawn = "" if finest == FINEST_M else f"-{finest:g}-m"
    paths = [folder / f"counties{tail}.parquet", folder / f"zones{drawn}{tail}.parquet"]
    paths += [folder / f"parcels-{size}{tail}.parquet" for size in sizes]
    if all(path.exists() for path in paths):
        return paths
    adcodes, areas = counties()
    area = shapely.union_all(areas)
    held: list[tuple[dict[str, np.ndarray], np.ndarray]] = [({"adcode": adcodes}, areas)]
    if not paths[1].exists():
        names, kinds, shapes = zones(area, seed, finest)
        held.append(({"zone": names, "kind": kinds}, shapes))
    for path, (values, layer) in zip(paths, held, strict=False):
        fields = [pa.field(name, pa.string()) for name in values]
        if not path.exists():
            with LayerWriter(_part(path), fields, crs, bbox=bbox) as writer:
                writer.write(values, _placed(layer, degrees))
            _part(path).rename(path)
    missing = [size for size, path in zip(sizes, paths[2:], strict=True) if not path.exists()]
    edges = zones(area, seed)[2] if missing else np.empty(0, dtype=object)
    fields = [pa.field("id", pa.int64()), pa.field("landuse", pa.string())]
    for size in missing:
        path = folder / f"parcels-{size}{tail}.parquet"
        with LayerWriter(_part(path), fields, crs, bbox=bbox) as writer:
            for values, layer in parcels(size, slots(size, areas, edges, seed), seed):
                writer.write(values, _placed(layer, degrees))
        _part(path).rename(path)
    return paths


def converted(path: Path, suffix: str) -> Path:
    """Return the same layer in another format (``.gpkg``, ``.fgb``, ``.shp``), made if missing."""
    made = path.parent / suffix.lstrip(".") / path.with_suffix(suffix).name
    if not made.exists():
        made.parent.mkdir(exist_ok=True)
        part = made.with_name(f"part-{made.name}")
        gpd.read_parquet(path).to_file(part, layer=path.stem if suffix == ".gpkg" else None)
        for written in made.parent.glob(f"{part.stem}.*"):
            written.rename(made.with_suffix(written.suffix))
    return made


def share(path: Path, every: int = 10) -> float:
    """Return the share of parcels of a file that straddle, from one in `every` rows or groups."""
    layers = [gpd.read_parquet(path.with_name(f"{name}.parquet")) for name in ("zones", "counties")]
    edges = [frame.to_crs(WORK_CRS).geometry.to_numpy() for frame in layers]
    with pq.ParquetFile(path) as file:
        groups = list(range(0, file.num_row_groups, every))
        step = 1 if len(groups) > 1 else every
        column = file.read_row_groups(groups, columns=["geometry"]).column(0).to_numpy()[::step]
    return straddling(shapely.from_wkb(column), *edges)


def _part(path: Path) -> Path:
    return path.with_suffix(".part")


def _placed(shapes: np.ndarray, degrees: bool) -> np.ndarray:
    """Return shapes in the CRS of the file; degrees are rounded to 1e-9."""
    if not degrees:
        return shapes
    return np.asarray(shapely.transform(work_to_data(shapes), lambda xy: np.round(xy, 9)))


def main() -> None:
    """Write the layers and say where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--crs", choices=["work", "4490"], default="work")
    parser.add_argument("--bbox", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--shares", action="store_true", help="count the parcels that straddle")
    given = parser.parse_args()
    degrees = given.crs == "4490"
    for path in make(given.folder, given.sizes, degrees=degrees, bbox=given.bbox, seed=given.seed):
        print(f"{path}  {path.stat().st_size / 2**20:.1f} MiB", flush=True)
        if given.shares and not degrees and path.stem.startswith("parcels"):
            print(f"{path}  {share(path):.1%} of the parcels meet an edge of zones or counties")


if __name__ == "__main__":
    main()
