"""Weft's data loader for Python: ``from weft.data import DataLoader``."""

from weft import data
from weft._weft import Error

__all__ = ["Error", "data"]
__version__ = "0.1.0"
