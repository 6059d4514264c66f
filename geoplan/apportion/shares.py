"""Counts given to parts: whole numbers of the last digit, whose sum is the count again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from geoplan.errors import DataError
from geoplan.publish.balance import shared_out

Weight = int | float | Fraction


def apportioned(count: int, weights: Sequence[Weight]) -> list[int]:
    """Return a count given to parts in proportion to their weights; the sum is the count.

    Each part is its exact share, rounded down or up; the largest remainders go up, of
    equal ones the first.

    Parameters
    ----------
    weights
        At least one above 0, none below; areas as whole numbers, sums of a raster as they are.
    """
    whole = whole_weights(weights)
    made, _ = shared_out([count * weight for weight in whole], unit=sum(whole))
    return made


def whole_weights(weights: Sequence[Weight]) -> list[int]:
    """Return whole numbers in exactly the proportion of weights.

    Raises
    ------
    DataError
        Where a weight is below 0 or no number, or none is above 0.
    """
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
        raise DataError("a weight is below 0 or no finite number")
    if not any(weights):
        raise DataError("no weight is above 0: nothing says where the count belongs")
    exact = [Fraction(weight) for weight in weights]
    common = math.lcm(*(weight.denominator for weight in exact))
    return [int(weight * common) for weight in exact]
