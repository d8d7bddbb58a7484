"""Rounded vectors: how far they are off is known, so that the best are always found."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.library.local import vectors


def unit(seed: int, count: int, width: int = 16) -> np.ndarray:
    """Rows of length 1, some of them spiky."""
    random = np.random.default_rng(seed)
    rows = random.standard_normal((count, width)) ** random.choice([1, 3, 9], (count, 1))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@given(st.integers(0, 10_000))
def test_a_rounded_cosine_is_as_near_as_it_says(seed: int) -> None:
    """However the vectors look, the cosine from the rounded ones is within the error told."""
    rows, question = unit(seed, 50), unit(seed + 1, 1)[0]
    code, step, lost = vectors._rounded(rows)
    cosines, error = vectors.Codes(code, step, float(lost.max())).cosines(question)
    exact = rows.astype(np.float64) @ question.astype(np.float64)
    assert np.abs(cosines - exact).max() <= error < 0.2


def test_rounding_by_hand() -> None:
    """(0.6, -0.8): a step of 0.8 / 127 makes (95, -127), and 95 steps are 0.59842."""
    code, step, lost = vectors._rounded(np.array([[0.6, -0.8]], np.float32))
    assert code.tolist() == [[95, -127]]
    assert step[0] == pytest.approx(0.8 / 127)
    assert lost[0] == pytest.approx(0.6 - 95 * 0.8 / 127, rel=1e-4)


def test_flat_files_grow_and_agree(tmp_path: Path) -> None:
    """What was appended is read back, rounded too; a byte that flipped is noticed."""
    path, rows = tmp_path / "vectors-1.f32", unit(3, 30)
    vectors.append_rows(path, 0, rows[:10])
    vectors.append_rows(path, 10, rows[10:])
    vectors.append_rows(path, 20, rows[20:])  # over what an interrupted writer left
    assert vectors.whole(path, 30, 16)
    assert not vectors.whole(path, 31, 16)
    assert vectors.map_rows(path, 30, 16).tolist() == rows.tolist()
    assert vectors.agrees(rows, vectors.map_codes(path, 30, 16))
    codes = path.with_suffix(".i8")
    data = bytearray(codes.read_bytes())
    data[77] ^= 1
    codes.write_bytes(data)
    assert not vectors.agrees(rows, vectors.map_codes(path, 30, 16))
