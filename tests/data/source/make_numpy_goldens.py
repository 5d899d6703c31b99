#!/usr/bin/env python3
"""Writes golden/*.npy and *.npz (needs NumPy): python3 make_numpy_goldens.py"""
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parent / "golden"


def main():
    OUT.mkdir(exist_ok=True)
    base = np.arange(24) * 5 % 120
    for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
        values = (base if kind[0] == "u" else base - 20).reshape(3, 4, 2)
        for order, sign in [("le", "<"), ("be", ">")]:
            np.save(OUT / f"{kind}_{order}.npy", values.astype(sign + kind))
    halves = [0, -0.0, 2.0**-24, -3 * 2.0**-24, 2.0**-14, 65504, -1.5, np.inf, np.nan]
    np.save(OUT / "halves.npy", np.array(halves, dtype="<f2"))
    np.save(OUT / "fortran.npy", np.asfortranarray(np.zeros((3, 4), dtype="<f4")))
    np.save(OUT / "complex.npy", np.zeros(3, dtype="<c8"))
    np.save(OUT / "records.npy", np.zeros(3, dtype=[("a", "<f4"), ("b", "<i4")]))
    np.save(OUT / "scalar.npy", np.float32(1))
    pair = {"x": (np.arange(12) * 5).reshape(3, 4).astype("<f4"), "y": np.arange(3, dtype="<i8")}
    np.savez(OUT / "two.npz", **pair)
    np.savez_compressed(OUT / "compressed.npz", **pair)


if __name__ == "__main__":
    main()
