"""Trained models on disk."""

from __future__ import annotations

from pathlib import Path


def newest_model(path: Path) -> Path:
    """`path`, or the newest trained archive in it if it is a folder. Raises FileNotFoundError."""
    if path.is_file():
        return path
    archives = list(path.glob("*.tar.gz"))
    if not archives:
        raise FileNotFoundError(f"no trained model in {path}")
    return max(archives, key=lambda archive: archive.stat().st_mtime)
