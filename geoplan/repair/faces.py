"""The faces that the borders of polygons make, and to which polygon each belongs."""

from __future__ import annotations

import numpy as np

import shapely

NONE, OPEN = -1, -2
"""Of a face: that it belongs to no polygon, and that it is not decided yet."""


def divided(shapes: np.ndarray, gap_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide the region of valid polygons (metres) so that each place belongs to one.

    The borders are cut where they meet, without moving a vertex. A face in one polygon stays
    there; one in several goes to that of them along which it lies longest; one in none, all
    around which there are polygons, goes to a neighbour if no circle of `gap_m` fits into it.

    Returns
    -------
    made
        A coverage: for each polygon its faces as one shape, empty where it has none left.
    filled
        Faces that were in no polygon.
    shared
        Faces that were in several.
    """
    lines = shapely.union_all(shapely.boundary(shapes))
    faces = shapely.get_parts(shapely.polygonize([lines]))
    inside, owners = shapely.STRtree(shapes).query(
        shapely.point_on_surface(faces), predicate="within"
    )
    count = np.bincount(inside, minlength=len(faces))
    owner = np.full(len(faces), NONE)
    owner[inside] = owners
    owner[count > 1] = OPEN
    empty = np.flatnonzero(count == 0)
    narrow = shapely.is_empty(shapely.buffer(faces[empty], -gap_m / 2))
    owner[empty[narrow]] = OPEN
    order = np.lexsort((owners, inside))
    claims = np.split(owners[order], np.cumsum(count)[:-1]) if len(faces) else []
    given = owner == OPEN
    _decide(owner, claims, _neighbours(faces))
    made = [_joined(faces[owner == n]) for n in range(len(shapes))]
    gaps = given & (count == 0) & (owner >= 0)
    return np.array(made, dtype=object), faces[gaps], faces[given & (count > 1)]


def _joined(faces: np.ndarray) -> shapely.Geometry:
    whole = shapely.coverage_union_all(faces)
    parts = shapely.get_parts(whole)
    return parts[0] if len(parts) == 1 else whole if len(parts) else shapely.Polygon()


def _neighbours(faces: np.ndarray) -> dict[int, list[tuple[int, float]]]:
    """Return for each face those beside it, with the length of each edge that they share."""
    rings, owner = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    edges = np.hstack([xy[:-1], xy[1:]])[same]
    face = owner[ring[1:][same]]
    turned = (edges[:, 0] > edges[:, 2]) | (
        (edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3])
    )
    edges[turned] = edges[turned][:, [2, 3, 0, 1]]
    order = np.lexsort(edges.T)
    edges, face = edges[order], face[order]
    pairs = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    lengths = np.hypot(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1])
    beside: dict[int, list[tuple[int, float]]] = {}
    for n in pairs.tolist():
        a, b, length = int(face[n]), int(face[n + 1]), float(lengths[n])
        beside.setdefault(a, []).append((b, length))
        beside.setdefault(b, []).append((a, length))
    return beside


def _decide(
    owner: np.ndarray, claims: list[np.ndarray], beside: dict[int, list[tuple[int, float]]]
) -> None:
    """Give open faces to polygons, from the rim inwards; in place."""
    todo = np.flatnonzero(owner == OPEN).tolist()
    while todo:
        chosen = {n: _best(n, owner, claims[n], beside.get(n, [])) for n in todo}
        decided = {n: best for n, best in chosen.items() if best >= 0}
        if not decided:  # polygons that are the same, or that lie wholly in others
            decided = {n: int(claims[n][0]) if len(claims[n]) else NONE for n in todo}
        for n, best in decided.items():
            owner[n] = best
        todo = [n for n in todo if n not in decided]


def _best(face: int, owner: np.ndarray, claims: np.ndarray, beside: list[tuple[int, float]]) -> int:
    """Return the polygon along which a face lies longest; `OPEN` where none is beside it."""
    lengths: dict[int, float] = {}
    for other, length in beside:
        at = int(owner[other])
        if other != face and at >= 0 and (not len(claims) or at in claims):
            lengths[at] = lengths.get(at, 0.0) + length
    return min(lengths, key=lambda at: (-lengths[at], at)) if lengths else OPEN
