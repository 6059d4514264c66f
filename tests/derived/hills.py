"""A synthetic terrain, seeded: how much of its slope is left when cells grow."""

from __future__ import annotations

import numpy as np

from geoplan.derived.terrain import gradient, slope_deg
from geoplan.raster import Metric

CELL_M, SIDE = 30, 2_000
RELIEF_M, ROUGHNESS, SEED = 520.0, 1.8, 1
"""Standard deviation of heights, how fast amplitudes fall with frequency, and the seed."""


def hills() -> np.ndarray:
    """Return heights in metres: 60 km by 60 km in cells of 30 m; edges fit each other."""
    noise = np.random.default_rng(SEED).standard_normal((SIDE, SIDE))
    across, down = np.meshgrid(np.fft.rfftfreq(SIDE), np.fft.fftfreq(SIDE))
    often = np.hypot(across, down)
    often[0, 0] = np.inf
    made = np.fft.irfft2(np.fft.rfft2(noise) * often**-ROUGHNESS, s=noise.shape)
    return np.asarray(made / made.std() * RELIEF_M)


def coarser(heights: np.ndarray, times: int) -> np.ndarray:
    """Return means of `times` by `times` cells; what is left over at the edges is dropped."""
    side = len(heights) // times
    kept = heights[: side * times, : side * times]
    return np.asarray(kept.reshape(side, times, side, times).mean(axis=(1, 3)))


def mean_slope_deg(heights: np.ndarray, cell_m: float) -> float:
    """Return the mean slope of square cells that run east and north."""
    zero = np.zeros((1, 1))
    steps = Metric(np.array([[cell_m]]), zero, zero, np.array([[-cell_m]]))
    return float(slope_deg(*gradient(heights, steps)).mean())
