"""Zonal statistics by other tools; runs in their environment, without geoplan.

python -m benchmarks.zonal_peers rasterstats|exactextract GRID LAYER OUT [--every N]

Prints seconds from start to result, rows and versions as one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

START = time.perf_counter()

import pandas as pd  # noqa: E402 - the clock comes first

import geopandas as gpd  # noqa: E402

COLUMNS = ["count", "mean", "min", "max", "sum", "q10", "median", "q90"]


def rasterstats(grid: Path, frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return statistics of cells whose centre lies in a shape; of small ones, of all they touch."""
    from rasterstats import zonal_stats  # type: ignore[import-not-found]

    stats = ["count", "mean", "min", "max", "sum", "percentile_10", "median", "percentile_90"]
    found = pd.DataFrame(zonal_stats(frame, str(grid), stats=stats))
    made = found[["count", "mean", "min", "max", "sum", "percentile_10", "median", "percentile_90"]]
    return made.set_axis(COLUMNS, axis=1)


def exactextract(grid: Path, frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return statistics by exact parts of cells."""
    from exactextract import exact_extract  # type: ignore[import-untyped]

    ops = ["count", "mean", "min", "max", "sum", "quantile(q=0.1)", "median", "quantile(q=0.9)"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of two ways to write one system
        found = exact_extract(str(grid), frame, ops, output="pandas")
    return found.set_axis(COLUMNS, axis=1)


ENGINES: dict[str, Callable[[Path, gpd.GeoDataFrame], pd.DataFrame]] = {
    "rasterstats": rasterstats,
    "exactextract": exactextract,
}


def main() -> None:
    """Measure one layer with one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("grid", type=Path)
    parser.add_argument("layer", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each N-th row only")
    given = parser.parse_args()
    frame = gpd.read_parquet(given.layer).iloc[:: given.every]
    begin = time.perf_counter()
    made = ENGINES[given.engine](given.grid, frame)
    end = time.perf_counter()
    made.set_index(frame.index).to_parquet(given.out)
    told = {
        "seconds": end - START,
        "work_seconds": end - begin,
        "rows": len(made),
        "versions": f"{given.engine} {version(given.engine)}",
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
