// SPDX-License-Identifier: Apache-2.0

/**
 * What the tests of several rooms share: small fakes, written by hand, and the real servers that
 * telemetry goes to. Used in test scope only, so nothing of it is ever shipped.
 */
@NullMarked
package icecube.testkit;

import org.jspecify.annotations.NullMarked;
