#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes healpix_golden.csv and equatorial_golden.csv: what healpy and astropy say.

    pip install -r requirements.txt
    python golden.py ../resources

The detector's x axis points along the meridian 90 E and y along Greenwich, so that an azimuth looks to
longitude 90 degrees - azimuth; astropy's azimuth at a place near the pole counts from north, which is
that place's own meridian, eastward. Orientation, precession, nutation and aberration are astropy's.
"""

import csv
import pathlib
import sys

import astropy.units as u
import healpy
import numpy as np
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

ORDERS = (0, 1, 2, 3, 6, 9, 11, 20, 29)
SEED = 20050401
DETECTOR = EarthLocation(lat=-89.9944 * u.deg, lon=-62.6081 * u.deg, height=883.9 * u.m)
YEARS = (2008.5, 2011.36, 2014.9, 2018.1, 2021.7, 2024.2, 2026.9, 2028.0)


def points(random):
    """Places (longitude, latitude): even over the sky, at the poles, near seams of belt and caps."""
    even = [(random.uniform(0, 2 * np.pi), np.arcsin(random.uniform(-1, 1))) for _ in range(16)]
    poles = [(random.uniform(0, 2 * np.pi), s * (np.pi / 2 - 10.0**-e)) for e in (1, 3, 6, 9) for s in (-1, 1)]
    seams = [(q * np.pi / 2 + e, s * np.arcsin(2 / 3) + f)
             for q, e, s, f in ((0, 1e-7, 1, 1e-9), (0, 6.2, 1, -1e-9), (1, -1e-7, -1, 1e-9), (2, 1e-7, -1, -1e-9),
                                (3, 1e-7, 1, 1e-9), (4, -1e-7, 1, -1e-9), (4, -1e-7, -1, 1e-9), (2, -1e-7, 1, 0.1))]
    return even + poles + seams


def healpix(folder):
    random = np.random.default_rng(SEED)
    with open(folder / "healpix_golden.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("order", "longitude", "latitude", "pixel", "center_longitude", "center_latitude", "radius_max"))
        for order in ORDERS:
            nside = 2**order
            for longitude, latitude in points(random):
                longitude %= 2 * np.pi
                # From a vector, since healpy's own colatitude loses what is near a pole.
                vector = (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
                if abs(latitude) > 1.5 and order > 20:
                    continue  # a vector's z is too coarse there
                pixel = healpy.vec2pix(nside, *vector, nest=True)
                colatitude, center = healpy.pix2ang(nside, pixel, nest=True)
                out.writerow((order, repr(float(longitude)), repr(float(latitude)), int(pixel), repr(float(center)),
                              repr(float(np.pi / 2 - colatitude)), repr(float(healpy.max_pixrad(nside)))))


def equatorial(folder):
    random = np.random.default_rng(SEED)
    iers.conf.auto_download = False
    iers.conf.iers_degraded_accuracy = "warn"
    with open(folder / "equatorial_golden.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("mjd", "azimuth", "zenith", "right_ascension", "declination"))
        for year in YEARS:
            time = Time(round(Time(year, format="jyear").mjd, 3), format="mjd", scale="utc")
            for _ in range(4):
                azimuth, zenith = random.uniform(0, 2 * np.pi), np.arccos(random.uniform(-1, 1))
                local = AltAz(az=(np.pi / 2 - azimuth - DETECTOR.lon.rad) * u.rad, alt=(np.pi / 2 - zenith) * u.rad,
                              obstime=time, location=DETECTOR)
                icrs = SkyCoord(local).icrs
                out.writerow((time.mjd, repr(float(azimuth)), repr(float(zenith)), f"{icrs.ra.rad:.9f}", f"{icrs.dec.rad:.9f}"))


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    healpix(target)
    equatorial(target)
