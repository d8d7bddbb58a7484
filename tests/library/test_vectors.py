"""The flat file of vectors."""

from pathlib import Path

import numpy as np

from qa.library.local import vectors


def unit(seed: int, count: int, width: int = 16) -> np.ndarray:
    """Rows of length 1, some of them spiky."""
    random = np.random.default_rng(seed)
    rows = random.standard_normal((count, width)) ** random.choice([1, 3, 9], (count, 1))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_a_flat_file_grows(tmp_path: Path) -> None:
    """What was appended is read back, over what an interrupted writer left."""
    path, rows = tmp_path / "vectors-1.f32", unit(3, 30)
    vectors.append_rows(path, 0, rows[:10])
    vectors.append_rows(path, 10, rows[10:])
    vectors.append_rows(path, 20, rows[20:])  # over what an interrupted writer left
    assert vectors.whole(path, 30, 16)
    assert not vectors.whole(path, 31, 16)
    assert vectors.map_rows(path, 30, 16).tolist() == rows.tolist()
