"""Which picture formats are read, and which endings do their files have?

Only decoders of pixels: EPS, PDF, WMF and the like would start other programs.
"""

from __future__ import annotations

from collections.abc import Mapping

SUFFIXES_OF_FORMATS: Mapping[str, tuple[str, ...]] = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".mpo",),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
    "HEIF": (".heic", ".heif", ".hif"),
    "JXL": (".jxl",),
    "JPEG2000": (".jp2", ".j2k", ".jpf", ".jpx"),
    "TGA": (".tga",),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "QOI": (".qoi",),
    "ICO": (".ico",),
    "DDS": (".dds",),
    "PCX": (".pcx",),
    "SGI": (".sgi", ".rgb"),
}
"""Pillow's names of the formats, HEIF's and JXL's being those of the usual plug-ins."""

SUFFIXES = frozenset(suffix for suffixes in SUFFIXES_OF_FORMATS.values() for suffix in suffixes)
"""Which files count as pictures when a folder is read, in lower case."""
