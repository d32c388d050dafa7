#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads maps with astropy, astropy-healpix and ligo.skymap and prints what they make of them.

    python fits_check.py MAP.fits RA_DEGREES DEC_DEGREES [MAP.fits RA_DEGREES DEC_DEGREES ...]

One line each: sum of probability, area of the 50 % and 90 % regions in square degrees as ligo.skymap has
them, probability within ligo.skymap's regions up to the place given, density there, MJD of the header.
"""

import sys
import warnings

import astropy.units as u
import astropy_healpix
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table
from ligo.skymap.io import read_sky_map
from ligo.skymap.postprocess import crossmatch

warnings.simplefilter("ignore")


def check(path, ra, dec):
    with fits.open(path) as file:
        file.verify("exception")
        header = file[1].header
    expected = {"PIXTYPE": "HEALPIX", "ORDERING": "NUNIQ", "COORDSYS": "C", "INDXSCHM": "EXPLICIT",
                "TTYPE1": "UNIQ", "TFORM1": "K", "TTYPE2": "PROBDENSITY", "TFORM2": "D", "TUNIT2": "sr-1"}
    for key, value in expected.items():
        assert header[key].strip().lstrip("1") == value, (key, header[key])
    table = Table.read(path)
    level, pixel = astropy_healpix.uniq_to_level_ipix(table["UNIQ"])
    assert header["MOCORDER"] == level.max()
    area = astropy_healpix.nside_to_pixel_area(astropy_healpix.level_to_nside(level)).to_value(u.sr)
    total = np.sum(table["PROBDENSITY"].value * area)
    # Every point in one pixel: the ranges of all pixels at the finest order follow each other.
    first = np.sort(pixel * 4 ** (29 - level))
    order = np.argsort(pixel * 4 ** (29 - level))
    assert first[0] == 0 and np.all(np.diff(first) == 4 ** (29 - level[order][:-1]))
    sky_map = read_sky_map(path, moc=True)
    place = SkyCoord(ra * u.deg, dec * u.deg)
    result = crossmatch(sky_map, place, contours=(0.5, 0.9))
    print(total, *result.contour_areas, float(result.searched_prob), float(result.probdensity), header["MJD-OBS"])


if __name__ == "__main__":
    for i in range(1, len(sys.argv), 3):
        check(sys.argv[i], float(sys.argv[i + 1]), float(sys.argv[i + 2]))
