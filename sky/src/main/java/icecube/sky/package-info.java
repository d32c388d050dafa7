// SPDX-License-Identifier: Apache-2.0

/**
 * Probability maps of the sky: what is known of one event's direction, from a direction and its
 * radii to a multi-order HEALPix map, a FITS file and a picture.
 *
 * <pre>
 *   kappa, or radii that hold 50 % and 90 %  --> RadialProfile  --\
 *                                                                  --> SkyMap --> SkyFits, SkyPicture
 *   direction in the detector, event time    --> SkyPoint       --/
 * </pre>
 *
 * <p>Everything but the two writers is mathematics without files, clock or chance.
 */
@NullMarked
package icecube.sky;

import org.jspecify.annotations.NullMarked;
