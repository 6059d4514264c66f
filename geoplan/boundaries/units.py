"""The table of units: one row per county, city and province of the scope."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, repair
from geoplan.boundaries.sources import Source, read_source
from geoplan.errors import DataError, GeometryError, UnitError, coded, listed
from geoplan.gazetteer import UNIT_COLUMNS, Gazetteer
from geoplan.schema import check, frame, issue_row
from geoplan.vector import read_csv, read_vector

LARGEST_OVERLAP = 0.01
"""Share of the smaller of two counties that both may claim; more is no fault of digitizing."""


def build_units(
    folder: Path, gazetteer: Gazetteer, *, scope: str
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Build the tables `units` (EPSG:4490) and `issues` of the units in `scope`.

    Areas are km² in the equal-area system. Repairs of invalid boundaries,
    gaps and overlaps between counties are rows of `issues`.

    Raises
    ------
    DataError
        If the boundaries are missing, without `adcode`, or without CRS.
    UnitError
        If codes of boundaries and gazetteer differ: a boundary without a row,
        or a county of `scope` without a boundary.
    GeometryError
        If a boundary is no polygon, has a coordinate that is no number, or
        overlaps another by more than `LARGEST_OVERLAP` of the smaller one.
    """
    if scope not in gazetteer.units:
        raise UnitError(f"scope {scope!r} is no unit of {folder / 'gazetteer.csv'}")
    source = read_source(folder)
    path = folder / "counties.parquet"
    counties = _read_counties(path, gazetteer, scope)
    counties, issues = _repaired(counties, path)
    work = crs.to_work(counties).set_index("adcode").geometry
    _check_finite(work.to_numpy(), counties["adcode"], path)
    _check_overlaps(work, path)
    issues += _coverage_issues(work)
    codes = [code for code in sorted(gazetteer.units) if gazetteer.within(code, scope)]
    members = {code: gazetteer.counties(code) for code in codes}
    childless = [code for code, counties in members.items() if not counties]
    if childless:
        raise UnitError(f"{folder / 'gazetteer.csv'}: {len(childless)} without county: {childless}")
    units = _table(folder, members, work, source)
    county_shapes = counties.set_index("adcode").geometry
    data = crs.work_to_data(units.geometry.to_numpy())
    for i, code in enumerate(units.adcode):
        if code in county_shapes.index:  # as shipped, to the last bit
            data[i] = county_shapes[code]
    units = units.set_geometry(gpd.GeoSeries(data, crs=crs.DATA_CRS))
    check("units", units)
    return units, frame("issues", issues)


def _read_counties(path: Path, gazetteer: Gazetteer, scope: str) -> gpd.GeoDataFrame:
    counties = read_vector(path)
    if not isinstance(counties, gpd.GeoDataFrame):
        raise DataError(f"{path}: has no geometry column")
    if "adcode" not in counties:
        there = ", ".join(map(str, counties.columns))
        raise DataError(f"{path}: column 'adcode' is missing; there are: {there}")
    counties["adcode"] = counties["adcode"].astype("str")
    _check_finite(counties.geometry.to_numpy(), counties["adcode"], path)
    crs.check_plausible(counties, source=str(path), area=(70, 0, 140, 56))
    wanted = gazetteer.counties(scope)
    _check_codes(counties["adcode"], wanted, gazetteer, path)
    counties = counties[counties.adcode.isin(wanted)].sort_values("adcode", ignore_index=True)
    flat = [
        f"{code}: {shape.geom_type if shape else 'nothing'}"
        for code, shape in zip(counties.adcode, counties.geometry, strict=True)
        if shape is None or shape.is_empty or not geometry.is_polygonal(shape)
    ]
    if flat:
        raise GeometryError(f"{path}: {len(flat)} boundaries are no polygons:\n{listed(flat)}")
    shapes = gpd.GeoSeries(counties.geometry.to_numpy(), crs=counties.crs)
    return crs.to_data(gpd.GeoDataFrame({"adcode": counties["adcode"]}, geometry=shapes))


def _check_codes(codes: pd.Series, wanted: list[str], gazetteer: Gazetteer, path: Path) -> None:
    known = {code for code, unit in gazetteer.units.items() if unit.level == "county"}
    repeated = sorted(set(codes[codes.duplicated()]))
    missing = sorted(set(wanted) - set(codes))
    unknown = sorted(set(codes) - known)
    if repeated or missing or unknown:
        raise UnitError(
            f"{path}: {len(repeated)} repeated codes {repeated[:5]}, "
            f"{len(missing)} codes of the gazetteer without boundary {missing[:5]}, "
            f"{len(unknown)} boundaries that are no county of gazetteer.csv {unknown[:5]}; "
            "each county needs one boundary and one row"
        )


def _check_finite(shapes: np.ndarray, codes: pd.Series, path: Path) -> None:
    wrong = [str(codes.iloc[i]) for i in geometry.not_finite(shapes)]
    if wrong:
        raise GeometryError(
            f"{path}: {len(wrong)} boundaries have coordinates that are no finite numbers, or "
            f"have no place in the equal-area system: {', '.join(wrong[:20])}; export them again"
        )


def _check_overlaps(work: gpd.GeoSeries, path: Path) -> None:
    shapes = work.to_numpy()
    sizes = shapely.area(shapes)
    wrong = [
        f"{work.index[i]} and {work.index[j]} share {area / 1e6:.6f} km2, "
        f"{area / min(sizes[i], sizes[j]):.1%} of the smaller one"
        for i, j, area in geometry.overlaps(shapes)
        if area > LARGEST_OVERLAP * min(sizes[i], sizes[j])
    ]
    if wrong:
        raise GeometryError(
            f"{path}: {len(wrong)} pair(s) of counties overlap by more than "
            f"{LARGEST_OVERLAP:.0%}:\n{listed(wrong)}\n"
            "a place belongs to one county; correct the boundaries"
        )


def _repaired(
    counties: gpd.GeoDataFrame, path: Path
) -> tuple[gpd.GeoDataFrame, list[dict[str, object]]]:
    try:
        made = repair.mended(counties, kind="polygons")
    except GeometryError as fault:
        raise coded(GeometryError(f"{path}: {fault}"), fault.code) from fault
    issues = []
    changes = made.after_m2 - made.before_m2
    for i, reason, change in zip(made.changed.tolist(), made.reasons, changes, strict=True):
        code = counties.adcode.iloc[i]
        if made.frame.geometry.iloc[i].is_empty:
            raise GeometryError(f"boundary of {code} is not a polygon: {reason}")
        message = f"boundary repaired: {reason}"
        measured = f"{change / 1e6:+.6f} km2"
        issues.append(issue_row("boundaries.repaired", code, message, measured=measured))
    return made.frame, issues


def _coverage_issues(work: gpd.GeoSeries) -> list[dict[str, object]]:
    shapes = work.to_numpy()
    issues = []
    for gap in repair.gaps(shapes):
        near = " ".join(work.index[shapely.dwithin(gap, shapes, 1.0)])
        size = f"{gap.area / 1e6:.6f} km2"
        issues.append(
            issue_row("boundaries.gap", near, "no unit between these units", measured=size)
        )
    for i, edge in enumerate(shapely.coverage_invalid_edges(shapes)):
        if not edge.is_empty:
            others = shapely.union_all(np.delete(shapes, i))
            overlap = f"{shapely.intersection(shapes[i], others).area / 1e6:.6f} km2"
            message = "borders do not fit those of neighbours; measured is the overlap"
            code = work.index[i]
            issues.append(issue_row("boundaries.coverage", code, message, measured=overlap))
    return issues


def _dissolved(work: gpd.GeoSeries, codes: list[str]) -> shapely.Geometry:
    shapes = work.loc[codes].to_numpy()
    return shapes[0] if len(shapes) == 1 else _union(shapes)


def _union(shapes: np.ndarray) -> shapely.Geometry:
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def _table(
    folder: Path, members: dict[str, list[str]], work: gpd.GeoSeries, source: Source
) -> gpd.GeoDataFrame:
    codes = list(members)
    names = read_csv(folder / "gazetteer.csv", columns=UNIT_COLUMNS).set_index("adcode").loc[codes]
    names = names.drop(columns="short").reset_index()
    names["parent"] = names["parent"].where(names["parent"].isin(codes), None)
    labels = ["label_lon", "label_lat"]
    try:
        names[labels] = names[labels].astype(float)
    except ValueError as fault:
        raise DataError(f"{folder / 'gazetteer.csv'}: label_lon, label_lat: {fault}") from fault
    wrong = names["adcode"][~np.isfinite(names[labels].to_numpy()).all(axis=1)].tolist()
    if wrong:
        raise DataError(
            f"{folder / 'gazetteer.csv'}: label_lon, label_lat: no finite number in "
            f"{len(wrong)} row(s): {', '.join(wrong[:20])}"
        )
    outlines = np.array([_dissolved(work, counties) for counties in members.values()])
    # Areas of cities are sums of counties, so that they add up to the last digit.
    areas = pd.Series(geometry.area_units(work.to_numpy()), index=work.index)
    names["area_km2"] = [geometry.km2(int(areas[counties].sum())) for counties in members.values()]
    names["uncertainty_km2"] = source.uncertainty_km2(shapely.length(outlines) / 1e3)
    columns = ["adcode", "name", "name_en", "pinyin", "level", "parent", "area_km2"]
    frame = names[[*columns, "uncertainty_km2", "label_lon", "label_lat"]]
    return gpd.GeoDataFrame(frame, geometry=outlines, crs=crs.WORK_CRS)
