// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import nom.tam.fits.BinaryTable;
import nom.tam.fits.BinaryTableHDU;
import nom.tam.fits.Fits;
import nom.tam.fits.FitsException;
import nom.tam.fits.Header;
import nom.tam.util.FitsOutputStream;

/**
 * A map as a FITS file in the multi-order form of alerts: a binary table of UNIQ and PROBDENSITY
 * (sr⁻¹) with the header that ligo.skymap, astropy-healpix and mhealpy look for. The same map gives
 * the same bytes, which is why it has no date of writing and no checksum, whose comment has one.
 * Stateless and thread-safe.
 *
 * <p>A map in detector coordinates has COORDSYS 'DETECTOR', which readers of celestial maps refuse:
 * better than stars in the wrong place.
 */
public final class SkyFits {
  private SkyFits() {}

  /** The whole file. */
  public static byte[] bytes(SkyMap map, MapLabel label) {
    long[] uniques = new long[map.pixelCount()];
    double[] densities = new double[map.pixelCount()];
    for (int i = 0; i < uniques.length; i++) {
      uniques[i] = map.unique(i);
      densities[i] = map.density(i);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Fits fits = new Fits()) {
      BinaryTableHDU table = BinaryTable.fromColumnMajor(new Object[] {uniques, densities}).toHDU();
      table.setColumnName(0, "UNIQ", "pixel of any order: 4 * 4^order + NESTED number");
      table.setColumnName(1, "PROBDENSITY", "mean over the pixel");
      table.setColumnMeta(1, "TUNIT", "sr-1", "per steradian");
      describe(table.getHeader(), map, label);
      fits.addHDU(table);
      fits.write(new FitsOutputStream(bytes));
    } catch (FitsException | IOException e) {
      throw new IllegalStateException("map of event " + label.eventId() + ": " + e, e);
    }
    return bytes.toByteArray();
  }

  private static void describe(Header header, SkyMap map, MapLabel label) throws FitsException {
    header.addValue("PIXTYPE", "HEALPIX", "HEALPIX pixelisation");
    header.addValue("ORDERING", "NUNIQ", "Pixel ordering scheme: RING, NESTED or NUNIQ");
    header.addValue(
        "COORDSYS",
        label.isEquatorial() ? "C" : "DETECTOR",
        label.isEquatorial()
            ? "Celestial (equatorial), ICRS"
            : "azimuth, 90 deg - zenith: the detector's own");
    if (label.isEquatorial()) {
      header.addValue("RADESYS", "ICRS", "to 0.013 deg: no nutation, no aberration");
    }
    header.addValue("MOCORDER", map.orderMax(), "MOC resolution (best order)");
    header.addValue("INDXSCHM", "EXPLICIT", "Indexing: IMPLICIT or EXPLICIT");
    header.addValue("OBJECT", "event " + label.eventId(), "Unique identifier for this event");
    header.addValue("INSTRUME", "IceCube", "Instrument that triggered this event");
    Optional<EventTime> time = label.time();
    if (time.isPresent()) {
      header.addValue("DATE-OBS", time.get().toIso(), "UTC date of the event");
      header.addValue("MJD-OBS", time.get().mjd(), "modified Julian date of the event");
      header.addValue("RA", degrees(map.center().longitudeRad()), "[deg] best direction, J2000");
      header.addValue("DEC", degrees(map.center().latitudeRad()), "[deg] best direction, J2000");
    }
    header.addValue("CREATOR", "icecube", "Program that created this file");
    header.addValue("MODEL", label.model(), "Model that gave the direction");
    header.addValue("RADIUS50", degrees(map.profile().radiusRad(0.5)), "[deg] holds 50 %");
    header.addValue("RADIUS90", degrees(map.profile().radiusRad(0.9)), "[deg] holds 90 %");
    header.addValue("SYSTEMAT", false, "Systematic errors are included");
  }

  private static double degrees(double rad) {
    return Math.toDegrees(rad);
  }
}
