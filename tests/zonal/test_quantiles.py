"""Keys in the order of values, and quantiles from counts that may come in any parts."""

from __future__ import annotations

import numpy as np
import pytest

from geoplan.zonal import quantiles
from geoplan.zonal.keys import bits_of, key_of, value_of
from geoplan.zonal.quantiles import Runs

TYPES = {
    "bool": [False, True],
    "uint8": [0, 1, 255],
    "int8": [-128, -1, 0, 1, 127],
    "uint16": [0, 65535],
    "int16": [-32768, -1, 0, 32767],
    "uint32": [0, 4294967295],
    "int32": [-2147483648, -1, 0, 2147483647],
    "int64": [-5, 0, 1 << 40],
    "uint64": [0, 1 << 40],
    "float16": [-3.5, -0.0, 1e-3, 7],
    "float32": [-3e38, -1.5, -1e-40, 0, 1e-40, 1, 1.0000001, 3e38],
    "float64": [-1e300, -1.5, 0, 5e-324, 1, 1.0000000000000002, 1e300],
}


@pytest.mark.parametrize("dtype", TYPES)
def test_keys_are_in_the_order_of_values_and_come_back(dtype: str) -> None:
    values = np.array(TYPES[dtype], dtype=dtype)
    keys = key_of(values)
    assert (np.diff(keys.astype(object)) > 0).all()
    assert int(keys.max()) < 1 << bits_of(dtype)
    assert value_of(keys.astype("uint64"), dtype).tolist() == values.astype("float64").tolist()


def test_the_two_zeros_are_one_value() -> None:
    below, above = key_of(np.array([-0.0, 0.0], dtype="float32"))
    assert below == above


def by_definition(x: np.ndarray, w: np.ndarray, q: float) -> float:
    """Return a quantile cell by cell, as the words of the module have it."""
    order = np.lexsort((w, x))
    x, w = x[order], w[order]
    n = len(x)
    before = np.concatenate([[0], np.cumsum(w)[:-1]])
    stands = np.arange(n) * w + (n - 1) * before
    return float(np.interp(q * (n - 1) * w.sum(), stands, x))


def found(made: Runs, q: float) -> float:
    """Return the quantile of the only owner."""
    number, weight = quantiles.total(made, 1)
    none = np.zeros(len(made.owner), dtype="int64")
    where = quantiles.stand(made, (none, none), number=number[made.owner])
    target = q * ((number - 1) * weight.astype("float64"))
    values = value_of(made.key, "int16")
    return float(quantiles.at(made, values, where=where, target=target)[0])


@pytest.mark.parametrize("count", [1, 2, 7, 400])
@pytest.mark.parametrize("most", [3, 30_000])
def test_quantiles_are_those_of_the_definition(count: int, most: int) -> None:
    rng = np.random.default_rng([count, most])
    x = rng.integers(-most, most, count).astype("int16")
    w = np.where(rng.random(count) < 0.5, 1.0, rng.random(count))
    one = np.zeros(count, dtype="int64")
    weight = quantiles.steps(w)
    whole = quantiles.runs(one, key_of(x), weight=weight)
    parts = [
        quantiles.runs(one[part], key_of(x[part]), weight=weight[part])
        for part in np.array_split(rng.permutation(count), 3)
    ]
    for q in (0.0, 0.1, 0.25, 0.5, 0.9, 1.0):
        assert found(whole, q) == pytest.approx(by_definition(x, w, q), rel=1e-6, abs=1e-6)
        assert found(quantiles.joined(parts), q) == found(whole, q)


def test_equal_weights_give_the_common_median() -> None:
    x = np.array([4, 1, 3, 2], dtype="int16")
    made = quantiles.runs(np.zeros(4, dtype="int64"), key_of(x), weight=quantiles.steps(np.ones(4)))
    assert [found(made, q) for q in (0, 0.5, 1)] == [1, 2.5, 4]


def test_owners_do_not_see_each_other() -> None:
    owner = np.array([1, 0, 1, 0, 1])
    key = key_of(np.array([5, 7, 6, 9, 7], dtype="int16"))
    made = quantiles.runs(owner, key, weight=quantiles.steps(np.ones(5)))
    number, weight = quantiles.total(made, 3)
    none = np.zeros(len(made.owner), dtype="int64")
    where = quantiles.stand(made, (none, none), number=number[made.owner])
    target = 0.5 * ((number - 1) * weight.astype("float64"))
    values = quantiles.at(made, value_of(made.key, "int16"), where=where, target=target)
    assert values[:2].tolist() == [8, 6]
    assert np.isnan(values[2])


def test_no_weight_is_lost() -> None:
    assert quantiles.steps(np.array([1e-12, 1.0])).tolist() == [1, quantiles.STEPS]


def test_nothing_is_joined_to_nothing() -> None:
    assert len(quantiles.joined([]).owner) == 0
