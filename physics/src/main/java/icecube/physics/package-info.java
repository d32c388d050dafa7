// SPDX-License-Identifier: Apache-2.0

/**
 * The science of icecube, on the JDK alone: where the sensors are, what a pulse and an event are,
 * what a direction is and how far two of them lie apart, and how the line fit turns the first into
 * the last.
 *
 * <pre>
 *   DetectorGeometry --+
 *                      +--> FeatureBuilder --> EventFeatures --> LineFit --> Direction
 *   Event(PulseSeries)-+                                                        |
 *                                              truth Direction --> AngularError-+
 * </pre>
 */
@NullMarked
package icecube.physics;

import org.jspecify.annotations.NullMarked;
