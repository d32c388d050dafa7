// SPDX-License-Identifier: Apache-2.0

/** Room benchmarks. */
@NullMarked
package icecube.benchmarks;

import org.jspecify.annotations.NullMarked;
