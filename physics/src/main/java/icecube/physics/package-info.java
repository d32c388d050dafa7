// SPDX-License-Identifier: Apache-2.0

/**
 * The science of icecube, on the JDK alone: where the sensors are, what a pulse and an event are,
 * what a direction is and how far two of them lie apart, and how a line fit or a likelihood fit
 * turns the first into the last.
 *
 * <pre>
 *   DetectorGeometry (IceCube86) --+
 *                                  +--> FeatureBuilder --> FeatureTable --> LineFit   --> Direction
 *   Event (PulseSeries) --+--------+                                        PandelFit        |
 *                         |                                       truth Direction --> AngularError
 *                         +--> EventDefect: why no direction may be made of it
 *
 *   VonMisesFisher: a Direction and how sure it is
 * </pre>
 *
 * <p>Metres, nanoseconds, photo-electrons and radians everywhere; names end in the unit. All types
 * are immutable and thread-safe; chance is always an argument. Nothing here opens a file, a socket
 * or a clock.
 */
@NullMarked
package icecube.physics;

import org.jspecify.annotations.NullMarked;
